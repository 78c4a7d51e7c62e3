import type { Target } from '../../core/fault.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Operation } from '../../core/protocol.ts'
import { subjectTemplate } from '../../core/subject-template.ts'
import type { AmqpQuestion } from './message.ts'
import { wordTable } from '../../core/word-table.ts'

/** How methods are called, whether they change something, and which argument they are about. */
const verbs: Readonly<Record<string, readonly [verb: string, effect: boolean, about?: string]>> = wordTable({
  'exchange.declare': ['DECLARE EXCHANGE', true, 'exchange'],
  'exchange.delete': ['DELETE EXCHANGE', true, 'exchange'],
  'exchange.bind': ['BIND EXCHANGE', true, 'destination'],
  'exchange.unbind': ['UNBIND EXCHANGE', true, 'destination'],
  'queue.declare': ['DECLARE', true, 'queue'],
  'queue.bind': ['BIND', true, 'queue'],
  'queue.unbind': ['UNBIND', true, 'queue'],
  'queue.purge': ['PURGE', true, 'queue'],
  'queue.delete': ['DELETE', true, 'queue'],
  'basic.consume': ['CONSUME', false, 'queue'],
  'basic.deliver': ['DELIVER', false, 'queue'],
  'basic.get': ['GET', false, 'queue'],
  'basic.ack': ['ACK', true, 'queue'],
  'basic.nack': ['NACK', true, 'queue'],
  'basic.reject': ['REJECT', true, 'queue'],
  'basic.cancel': ['CANCEL', false],
  'basic.recover': ['RECOVER', true],
  'basic.qos': ['QOS', false],
  'channel.flow': ['FLOW', false],
  'channel.open': ['CHANNEL', false],
  'channel.close': ['CHANNEL', false],
  'confirm.select': ['CONFIRM', false],
  'tx.select': ['TX SELECT', false],
  'tx.commit': ['TX COMMIT', true],
  'tx.rollback': ['TX ROLLBACK', true],
})

/** `PUBLISH orders.created` by routing key, or by exchange where that is empty; `DELIVER mails`; `DECLARE mails`. */
export function describe({ kind, name, fields }: Pick<AmqpQuestion, 'kind' | 'name' | 'fields'>): Operation {
  if (kind === 'connect') return { name: 'CONNECT', effect: false }
  if (kind === 'publish') return { name: `PUBLISH ${placeTemplate(subjectOf(fields))}`, effect: true }
  const [verb, effect, about] = verbs[name] ?? [name.toUpperCase(), false]
  const place = about === undefined ? '' : placeTemplate(textOf(fields, about))
  return { name: `${verb} ${place}`.trim(), effect: effect && fields['passive'] !== true }
}

/** What a message is about: its routing key, or its exchange where that is empty. */
export function subjectOf(fields: JsonObject): string {
  return textOf(fields, 'routingKey') || textOf(fields, 'exchange')
}

/** A question as faults see it. Its fingerprint has the names as they are: `PUBLISH events/orders.42.paid`. */
export function targetOf(kind: AmqpQuestion['kind'], name: string, fields: JsonObject): Target {
  const { name: operation, effect } = describe({ kind, name, fields })
  const full =
    kind === 'publish'
      ? `PUBLISH ${[textOf(fields, 'exchange'), textOf(fields, 'routingKey')].filter(Boolean).join('/')}`
      : [verbs[name]?.[0] ?? operation, textOf(fields, verbs[name]?.[2] ?? '')].join(' ').trim()
  return { operation, effect, fingerprint: full }
}

/** An argument that is text; empty when there is none. */
export function textOf(fields: JsonObject, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}

function placeTemplate(place: string): string {
  if (place.startsWith('amq.gen-')) return 'amq.gen-{id}'
  if (place.startsWith('amq.rabbitmq.reply-to')) return 'amq.rabbitmq.reply-to'
  return subjectTemplate(place, '.')
}
