import type { Facet, Identity } from '../../core/identity.ts'
import type { JsonObject } from '../../core/json.ts'
import { dropPlaceholderIds } from '../../core/redaction/placeholder-kinds.ts'
import { textOf } from './describe.ts'
import type { AmqpQuestion } from './message.ts'

/** What differs from one run to the next and does not make it another message. */
const chance: ReadonlySet<string> = new Set(['messageId', 'correlationId', 'timestamp', 'replyTo'])
/** What the client leaves to the broker as a rule, and what is no part of what is asked. */
const aside: ReadonlySet<string> = new Set(['nowait', 'consumerTag', 'deliveryTag'])

/** Two questions are the same one when method, place, arguments, properties and body are; ids and times are chance. */
export function identify({ kind, name, fields, properties = {}, body }: AmqpQuestion): Identity {
  if (kind === 'connect') return { origin: '', method: kind, path: textOf(fields, 'vhost'), rest: '' }
  const place = ['exchange', 'queue', 'destination', 'routingKey'].map((part) => textOf(fields, part)).filter(Boolean)
  return {
    origin: '',
    method: kind === 'method' ? name : kind,
    path: place.join('/'),
    rest: dropPlaceholderIds(
      JSON.stringify([sorted(fields, aside), sorted(properties, chance), kind === 'publish' ? readable(body) : '']),
    ),
  }
}

/** `method`, `exchange`, `routingKey`, `queue`, …, `properties.…`, `headers.…`, `body`. */
export function facetsOf({ kind, name, fields, properties = {}, body }: AmqpQuestion): readonly Facet[] {
  const { headers, ...others } = properties
  return [
    { path: 'method', value: kind === 'connect' ? kind : name },
    ...facets('', fields),
    ...facets('properties.', others),
    ...facets('headers.', (headers ?? {}) as JsonObject),
    ...(body.length === 0 ? [] : [{ path: 'body', value: readable(body) }]),
  ]
}

function facets(prefix: string, fields: JsonObject): Facet[] {
  return Object.entries(fields).map(([name, value]) => ({
    path: `${prefix}${name}`,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }))
}

function sorted(fields: JsonObject, without: ReadonlySet<string>): [string, unknown][] {
  return Object.entries(fields)
    .filter(([name]) => !without.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Text as it is; other bytes without loss, so that no two look the same. */
function readable(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const text = buffer.toString('utf8')
  return text.includes('�') ? `base64:${buffer.toString('base64')}` : text
}
