import { anyText } from '../core/any-value.ts'
import type { AmqpQuestion } from './amqp/message.ts'
import type { RedisQuestion } from './redis/message.ts'
import type { MqttQuestion } from './mqtt/message.ts'
import type { NatsQuestion } from './nats/message.ts'

/** A message that was handed to a broker. */
export interface Publication {
  /** Subject, topic, channel or stream; of RabbitMQ the routing key. */
  readonly subject: string
  /** Of RabbitMQ; empty for the default exchange. */
  readonly exchange?: string
  /** As far as it was kept. */
  readonly body: Uint8Array
}

/** What a question hands to a broker; `undefined` when it does something else. */
export function publicationOf(protocol: string, question: unknown): Publication | undefined {
  return readers[protocol]?.(question)
}

const readers: Readonly<Record<string, (question: unknown) => Publication | undefined>> = {
  amqp(asked) {
    const { kind, fields, body } = asked as AmqpQuestion
    if (kind !== 'publish') return undefined
    return { subject: anyText(fields['routingKey']), exchange: anyText(fields['exchange']), body }
  },
  nats(asked) {
    const { kind, subject, body } = asked as NatsQuestion
    return kind === 'publish' ? { subject, body } : undefined
  },
  mqtt(asked) {
    const { kind, topic, body } = asked as MqttQuestion
    return kind === 'publish' ? { subject: topic, body } : undefined
  },
  redis(asked) {
    const [command, subject, ...rest] = (asked as RedisQuestion).args
    const name = text(command).toUpperCase()
    const body = name === 'XADD' ? rest.at(-1) : name === 'PUBLISH' || name === 'SPUBLISH' ? rest[0] : undefined
    return body && { subject: text(subject), body }
  },
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8')
}
