import { isDeepStrictEqual } from 'node:util'
import { isControl, opcodes } from './frames.ts'
import type { HttpQuestion, HttpReply } from './message.ts'

/** Whether two frames say the same: text by what it means if it is JSON, everything else by its bytes. */
export function sameFrame(asked: HttpReply, recorded: HttpReply): boolean {
  if (asked.type !== 'frame' || recorded.type !== 'frame') return false
  if (asked.opcode !== recorded.opcode || asked.fin !== recorded.fin) return false
  if (Buffer.compare(asked.bytes, recorded.bytes) === 0) return true
  if (asked.opcode !== opcodes.text || !asked.fin) return false
  const [one, other] = [parse(asked.bytes), parse(recorded.bytes)]
  return one !== undefined && other !== undefined && isDeepStrictEqual(one.value, other.value)
}

/**
 * Compares the client's frames with recorded ones. Pings and pongs are left out on both sides: they are about the
 * connection, and when they come depends on timers and not on what the program does.
 */
export function listenForFrames({
  incoming,
}: HttpQuestion): (recorded: HttpReply) => Promise<{ readonly asked: HttpReply | undefined } | undefined> {
  const frames = incoming?.[Symbol.asyncIterator]()
  return async (recorded) => {
    if (isHeartbeat(recorded)) return undefined
    for (;;) {
      const { value, done } = (await frames?.next()) ?? { value: undefined, done: true }
      if (done) return { asked: undefined }
      if (!isHeartbeat(value)) return sameFrame(value, recorded) ? undefined : { asked: value }
    }
  }
}

function isHeartbeat(message: HttpReply): boolean {
  return message.type === 'frame' && isControl(message.opcode) && message.opcode !== opcodes.close
}

function parse(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()) as unknown }
  } catch {
    return undefined
  }
}
