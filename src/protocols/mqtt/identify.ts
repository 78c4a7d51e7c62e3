import type { Facet, Identity } from '../../core/identity.ts'
import { dropPlaceholderIds } from '../../core/redaction/placeholder-kinds.ts'
import type { MqttQuestion } from './message.ts'

/** Two questions are the same one when topic or filters, quality of service and body are. */
export function identify({ kind, clientId, topic, filters, qos, retain, body }: MqttQuestion): Identity {
  const who = kind === 'connect' ? clientId : ''
  return {
    origin: '',
    method: kind,
    path: kind === 'publish' ? topic : filters.join(' '),
    rest: dropPlaceholderIds(JSON.stringify([who, qos, retain, textOf(body)])),
  }
}

/** `topic`, `filters[0]`, `qos`, `retain`, `properties.…`, `body`. */
export function facetsOf({
  kind,
  clientId,
  topic,
  filters,
  qos,
  retain,
  properties,
  body,
}: MqttQuestion): readonly Facet[] {
  const details = kind === 'publish' ? [`topic ${topic}`, `qos ${qos}`, `retain ${retain}`] : [`clientId ${clientId}`]
  return [
    { path: 'kind', value: kind },
    ...details.map((each) => ({ path: each.slice(0, each.indexOf(' ')), value: each.slice(each.indexOf(' ') + 1) })),
    ...filters.map((value, i) => ({ path: `filters[${i}]`, value })),
    ...Object.entries(properties).map(([name, value]) => ({
      path: `properties.${name}`,
      value: JSON.stringify(value),
    })),
    ...(body.length === 0 ? [] : [{ path: 'body', value: textOf(body) }]),
  ]
}

/** Text as it is; other bytes without loss, so that no two look the same. */
function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const text = buffer.toString('utf8')
  return text.includes('�') ? `base64:${buffer.toString('base64')}` : text
}
