import { command } from './types.ts'

/** The largest part of one message; what is longer goes on in the next packet. */
export const largestPacket = 0xff_ff_ff

/** A message as packets, numbered from `sequence` on. */
export function packet(sequence: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const packets: Buffer[] = []
  let number = sequence
  for (let at = 0; ; at += largestPacket) {
    const part = body.subarray(at, at + largestPacket)
    const header = Buffer.alloc(4)
    header.writeUIntLE(part.length, 0, 3)
    header[3] = number++ & 0xff
    packets.push(header, part)
    if (part.length < largestPacket) return Buffer.concat(packets)
  }
}

/** How many packets a message of this size takes. */
export function packetsOf(size: number): number {
  return Math.floor(size / largestPacket) + 1
}

/** An integer in one to nine bytes. */
export function lengthInteger(value: number | bigint): Buffer {
  const big = BigInt(value)
  if (big < 0xfbn) return Buffer.from([Number(big)])
  const [first, size] = big < 0x1_0000n ? [0xfc, 2] : big < 0x100_0000n ? [0xfd, 3] : [0xfe, 8]
  const bytes = Buffer.alloc(9)
  bytes[0] = first
  bytes.writeBigUInt64LE(big, 1)
  return bytes.subarray(0, 1 + size)
}

/** Bytes behind their length. */
export function lengthBytes(value: Uint8Array | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([lengthInteger(bytes.length), bytes])
}

/** A text with a zero byte behind it. */
export function zeroText(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value & 0xffff)
  return bytes
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

/** An error as the server sends it. */
export interface ErrorPacket {
  readonly errno: number
  /** Five characters; left out in what is said before the client has said what it can read. */
  readonly sqlstate?: string
  readonly message: string
}

/** The bytes of an error. */
export function errorPacket(sequence: number, { errno, sqlstate, message }: ErrorPacket): Buffer {
  const state = sqlstate === undefined ? '' : `#${sqlstate.padEnd(5, '0').slice(0, 5)}`
  return packet(sequence, Buffer.from([0xff]), int16(errno), Buffer.from(state + message))
}

/** A command of ours. */
export function query(sql: string): Buffer {
  return packet(0, Buffer.from([command.query]), Buffer.from(sql))
}

/** Takes leave of the server. */
export const quit: Buffer = packet(0, Buffer.from([command.quit]))
