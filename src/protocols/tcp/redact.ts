import type { Timed } from '../../core/exchange.ts'
import type { Content } from '../../core/protocol.ts'
import type { Redactor } from '../../core/redaction.ts'
import type { TcpQuestion, TcpReply } from './message.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Replaces secrets in chunks that are text. Bytes that are none cannot be searched, and stay. */
export function redactTcp(content: Content<TcpQuestion, TcpReply>, redactor: Redactor): Content<TcpQuestion, TcpReply> {
  let changed = false
  const messages = content.messages.map((timed): Timed<TcpReply> => {
    const text = timed.message.type === 'data' ? textOf(timed.message.bytes) : undefined
    if (text === undefined) return timed
    const safe = redactor.text(text, `${timed.from}.data`)
    if (safe === text) return timed
    changed = true
    return { ...timed, message: { type: 'data', bytes: Buffer.from(safe) } }
  })
  return changed ? { question: content.question, messages } : content
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
