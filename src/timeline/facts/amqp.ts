import { anyText } from '../../core/any-value.ts'
import type { Ending } from '../../core/exchange.ts'
import type { Content } from '../../core/protocol.ts'
import type { AmqpQuestion, AmqpReply } from '../../protocols/amqp/message.ts'
import type { DeliveryFacts, Facts, PublishFacts } from '../moment.ts'
import { beginningOf } from './beginning-of.ts'
import { isIdName } from './is-id-name.ts'

/** What was asked over AMQP and what became of it. A delivery is an exchange of its own, which ends when it is settled. */
export function amqpFacts({
  question,
  messages,
  ending,
}: Content<AmqpQuestion, AmqpReply> & { ending: Ending }): Facts {
  const { kind, channel, fields, body } = question
  const session = String(question.session)
  const key = `${session} ${channel} ${anyText(fields['deliveryTag'])}`
  const found: { error?: Facts['error']; failure?: Facts['failure'] } = {}
  const delivered: DeliveryFacts[] = []
  let settled = false
  let confirmed: boolean | undefined
  for (const { ms, message } of messages) {
    if (message.type === 'failure') {
      found.failure = message.failure
      found.error ??= { code: '', message: message.message }
    } else if (message.type === 'closed' && message.code !== 200)
      found.error ??= { code: String(message.code), message: message.text }
    else if (message.type === 'return') found.error ??= { code: String(message.code), message: message.text }
    else if (message.type === 'confirm') confirmed = message.ack
    else if (message.type === 'settle') settled = true
    else if (message.type === 'message') {
      const consumer = textOf(fields['queue'])
      const needsNone = kind !== 'deliver' || fields['noAck'] === true
      const sequence = Number(fields['deliveryTag']) || 0
      const what = { channel: message.routingKey, ms, body: beginningOf(message.body), again: message.redelivered }
      const about = { ...what, consumer, sequence }
      delivered.push({ ...about, key: needsNone ? undefined : key })
    }
  }
  if (confirmed === false) found.error ??= { code: '', message: 'the broker did not take the message' }
  const place = [textOf(fields['exchange']), textOf(fields['routingKey'])].filter(Boolean)
  const properties = question.properties ?? {}
  const headers = properties['headers']
  const ids = Object.entries({ ...properties, ...(typeof headers === 'object' && headers) }).flatMap(([name, value]) =>
    isIdName(name) && typeof value === 'string' ? [[name, value] as const] : [],
  )
  // A publish is kept open only while its channel awaits confirms.
  const published: PublishFacts = {
    channel: place.at(-1) ?? '',
    body: beginningOf(body),
    confirmed: confirmed ?? (ending === 'complete' ? undefined : false),
  }
  return {
    session,
    ...(kind === 'connect' && { connect: true as const }),
    ...(kind === 'publish' && { published }),
    ...(ids.length > 0 && { ids }),
    ...(kind === 'consume' && { subscribed: textOf(fields['queue']) }),
    ...(delivered.length > 0 && { delivered }),
    ...(kind === 'deliver' && { incoming: true as const }),
    ...(settled && { acknowledged: [key] }),
    ...found,
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
