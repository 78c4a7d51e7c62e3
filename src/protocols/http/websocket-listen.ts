import { isControl, opcodes } from './frames.ts'
import type { HttpQuestion, HttpReply } from './message.ts'

/**
 * Whether two frames say the same: text by what it means if it is JSON, everything else by its bytes. A placeholder in
 * the recorded text stands for any secret, since the client still sends the secret itself.
 */
export function sameFrame(asked: HttpReply, recorded: HttpReply): boolean {
  if (asked.type !== 'frame' || recorded.type !== 'frame') return false
  if (asked.opcode !== recorded.opcode || asked.fin !== recorded.fin) return false
  if (Buffer.compare(asked.bytes, recorded.bytes) === 0) return true
  if (asked.opcode !== opcodes.text) return false
  const [one, other] = [textOf(asked.bytes), textOf(recorded.bytes)]
  const [meant, recordedMeaning] = [parse(one), parse(other)]
  return meant && recordedMeaning ? sameJson(meant.value, recordedMeaning.value) : sameText(one, other)
}

const placeholder = /\{\{[^{}:]+:[0-9a-f]+\}\}/g

function sameText(asked: string, recorded: string): boolean {
  if (asked === recorded) return true
  const [first, ...rest] = recorded.split(placeholder)
  const last = rest.pop()
  if (last === undefined || !asked.startsWith(first!)) return false
  let at = first!.length
  for (const literal of rest) {
    // Something stands for the secret, if only one character.
    const found = asked.indexOf(literal, at + 1)
    if (found < 0) return false
    at = found + literal.length
  }
  return asked.endsWith(last) && asked.length - last.length > at
}

function sameJson(asked: unknown, recorded: unknown): boolean {
  if (typeof recorded === 'string' && typeof asked === 'string') return sameText(asked, recorded)
  // A secret that was a number is recorded as the text of its placeholder.
  if (typeof recorded === 'string' && typeof asked === 'number') return sameText(String(asked), recorded)
  if (typeof asked !== 'object' || typeof recorded !== 'object' || !asked || !recorded) return asked === recorded
  if (Array.isArray(asked) !== Array.isArray(recorded)) return false
  const [one, other] = [asked as Record<string, unknown>, recorded as Record<string, unknown>]
  const names = Object.keys(other)
  return (
    names.length === Object.keys(one).length &&
    names.every((name) => Object.hasOwn(one, name) && sameJson(one[name], other[name]))
  )
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

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}
