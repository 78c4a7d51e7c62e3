import type { TcpReply } from './message.ts'

/** Waits until the client has sent what `recorded` says, and tells what it sent instead if it differs. */
export type Listen = (recorded: TcpReply) => Promise<{ readonly asked: TcpReply | undefined } | undefined>

const placeholder = /\{\{[^{}:]+:[0-9a-f]+\}\}/g

/**
 * Compares what a client sends with what was recorded of another one, as one stream of bytes: where chunks begin and
 * end is an accident of the network, so a recorded chunk is waited for until as many bytes have come in any number of
 * chunks, and what is left over belongs to the next. A difference is told as soon as the first byte differs, so that
 * a client is not left waiting for an answer that cannot come. A placeholder stands for any bytes up to whatever was
 * recorded after it, since the client still sends the secret itself.
 */
export function listenForBytes(incoming: AsyncIterable<TcpReply> | undefined): Listen {
  const messages = incoming?.[Symbol.asyncIterator]()
  let heard: Buffer = Buffer.alloc(0)
  let ended = messages === undefined

  async function more(): Promise<boolean> {
    if (ended) return false
    const next = await messages!.next()
    if (!next.done && next.value.type === 'data') {
      heard = heard.length === 0 ? Buffer.from(next.value.bytes) : Buffer.concat([heard, next.value.bytes])
      return true
    }
    ended = true
    return false
  }

  async function starts(literal: Buffer): Promise<boolean> {
    for (;;) {
      const length = Math.min(literal.length, heard.length)
      if (literal.compare(heard, 0, length, 0, length) !== 0) return false
      if (length === literal.length) break
      if (!(await more())) return false
    }
    heard = heard.subarray(literal.length)
    return true
  }

  async function skipTo(literal: Buffer): Promise<boolean> {
    if (heard.length === 0 && !(await more())) return false
    if (literal.length === 0) {
      heard = Buffer.alloc(0)
      return true
    }
    for (;;) {
      const at = heard.indexOf(literal)
      if (at >= 0) {
        heard = heard.subarray(at + literal.length)
        return true
      }
      if (!(await more())) return false
    }
  }

  async function hear(bytes: Uint8Array): Promise<boolean> {
    const [first, ...rest] = literals(bytes)
    if (!(await starts(first!))) return false
    for (const literal of rest) if (!(await skipTo(literal))) return false
    return true
  }

  function sent(): { asked: TcpReply | undefined } {
    if (heard.length > 0) return { asked: { type: 'data', bytes: heard } }
    return { asked: ended ? { type: 'end' } : undefined }
  }

  return async (recorded) => {
    if (recorded.type === 'data') return (await hear(recorded.bytes)) ? undefined : sent()
    // How a client left is not a question; that it said nothing more before it did is one.
    if (heard.length === 0) await more()
    return heard.length === 0 ? undefined : sent()
  }
}

function literals(bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return buffer.includes('{{')
    ? buffer
        .toString('latin1')
        .split(placeholder)
        .map((text) => Buffer.from(text, 'latin1'))
    : [buffer]
}
