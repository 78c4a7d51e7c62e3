import { randomFillSync } from 'node:crypto'
import type { HttpReply } from './message.ts'

/** One WebSocket frame, its payload unmasked. */
export type Frame = Extract<HttpReply, { type: 'frame' }>

/** The kinds of frames that are about the connection; all others carry data. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Whether a frame is about the connection rather than data. */
export function isControl(opcode: number): boolean {
  return (opcode & 8) !== 0
}

/**
 * Writes a frame as it goes over the wire.
 *
 * @param masked - Frames from a client must be masked, frames from a service must not.
 * @see RFC 6455 section 5.2
 */
export function encodeFrame({ opcode, fin, bytes }: Frame, masked: boolean): Buffer {
  const { length } = bytes
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const start = 2 + lengthBytes + (masked ? 4 : 0)
  const frame = Buffer.allocUnsafe(start + length)
  frame[0] = (fin ? 0x80 : 0) | opcode
  frame[1] = (masked ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127)
  if (lengthBytes === 2) frame.writeUInt16BE(length, 2)
  else if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  frame.set(bytes, start)
  if (masked) {
    const key = randomFillSync(frame, start - 4, 4).subarray(start - 4, start)
    applyMask(frame.subarray(start), key)
  }
  return frame
}

/** Takes bytes in any pieces and gives the frames that are whole. Masks are undone. */
export type FrameDecoder = (chunk: Uint8Array) => Frame[]

/**
 * Makes a decoder for one direction of one connection.
 *
 * @returns A function that throws an `Error` whose code is `HPE_INVALID_FRAME` when the bytes are no frame.
 */
export function frameDecoder(): FrameDecoder {
  let chunks: Uint8Array[] = []
  let waiting = 0
  let needed = 2
  return (chunk) => {
    chunks.push(chunk)
    waiting += chunk.length
    // Not joined before a frame can be whole: a large one comes in very many pieces.
    if (waiting < needed) return []
    let buffer = Buffer.concat(chunks)
    const frames: Frame[] = []
    for (;;) {
      const size = frameSize(buffer)
      if (size === undefined || buffer.length < size) {
        needed = size ?? buffer.length + 1
        break
      }
      frames.push(readFrame(buffer, size))
      buffer = buffer.subarray(size)
    }
    chunks = buffer.length > 0 ? [buffer] : []
    waiting = buffer.length
    return frames
  }
}

/** Bytes of the frame that `buffer` starts with, as soon as they are known. */
function frameSize(buffer: Buffer): number | undefined {
  if (buffer.length < 2) return undefined
  const first = buffer[0]!
  const short = buffer[1]! & 0x7f
  if (first & 0x70) throw invalid('reserved bits are set')
  if (isControl(first & 15) && (short > 125 || !(first & 0x80))) throw invalid('a control frame is too long')
  const start = headerSize(buffer)
  if (buffer.length < start) return undefined
  const length = short < 126 ? short : short === 126 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2))
  if (!Number.isSafeInteger(length)) throw invalid('a frame is longer than any can be')
  return start + length
}

function headerSize(buffer: Buffer): number {
  const short = buffer[1]! & 0x7f
  return 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + (buffer[1]! & 0x80 ? 4 : 0)
}

function readFrame(buffer: Buffer, size: number): Frame {
  const start = headerSize(buffer)
  // A copy: what is kept must not hold on to a whole read buffer, and unmasking happens in place.
  const bytes = Buffer.from(buffer.subarray(start, size))
  if (buffer[1]! & 0x80) applyMask(bytes, buffer.subarray(start - 4, start))
  return { type: 'frame', opcode: buffer[0]! & 15, fin: (buffer[0]! & 0x80) !== 0, bytes }
}

function applyMask(bytes: Uint8Array, key: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) bytes[index]! ^= key[index & 3]!
}

function invalid(why: string): Error {
  return Object.assign(new Error(`invalid WebSocket frame: ${why}`), { code: 'HPE_INVALID_FRAME' })
}
