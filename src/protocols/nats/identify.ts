import type { Facet, Identity } from '../../core/identity.ts'
import { dropPlaceholderIds } from '../../core/redaction/placeholder-kinds.ts'
import type { NatsQuestion } from './message.ts'

const inbox = /_INBOX\.[\w.-]+/g

/** Two questions are the same one when subject, queue, headers and body are; where an answer is expected is chance. */
export function identify({ kind, subject, queue = '', headers, body }: NatsQuestion): Identity {
  return {
    origin: '',
    method: kind,
    path: subject.replace(inbox, '_INBOX').replaceAll('.', '/'),
    rest: dropPlaceholderIds(JSON.stringify([queue, headers, textOf(body).replaceAll(inbox, '_INBOX')])),
  }
}

/** `subject`, `queue`, `headers.…`, `body`. */
export function facetsOf({ kind, subject, queue, headers, body }: NatsQuestion): readonly Facet[] {
  const lines = headers.split('\r\n').slice(1)
  return [
    { path: 'kind', value: kind },
    { path: 'subject', value: subject },
    ...(queue === undefined ? [] : [{ path: 'queue', value: queue }]),
    ...lines.flatMap((line) => {
      const colon = line.indexOf(':')
      return colon < 0 ? [] : [{ path: `headers.${line.slice(0, colon)}`, value: line.slice(colon + 1).trim() }]
    }),
    ...(body.length === 0 ? [] : [{ path: 'body', value: textOf(body) }]),
  ]
}

/** Text as it is; other bytes without loss, so that no two look the same. */
function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const text = buffer.toString('utf8')
  return text.includes('�') ? `base64:${buffer.toString('base64')}` : text
}
