import { readJson } from '../../core/json-text.ts'
import type { Moment } from '../../timeline/moment.ts'
import { operationOfDelivery } from '../delivery-classes.ts'

/** A message with JSON in it that a broker has brought, as it was written down. */
export interface DeliveredJson {
  readonly moment: Moment
  /** `DELIVER orders.created`. */
  readonly operation: string
  /** Place among all messages of the operation, counted from 1. */
  readonly nth: number
  /** Queue, subject or topic. */
  readonly channel: string
  readonly contentType: string
  readonly headers: readonly (readonly [string, string])[]
  readonly value: unknown
}

/** A message, in the words of whichever protocol. */
interface Message {
  readonly type?: string
  readonly body?: Uint8Array
  readonly size?: number
  readonly subject?: string
  readonly topic?: string
  /** Of NATS, as they stand on the wire. */
  readonly headers?: string
  readonly properties?: Readonly<Record<string, unknown>>
}

interface Brought {
  readonly moment: Moment
  readonly at: number
  readonly operation: string
  readonly channel: string
  readonly message: Message
}

/** What brokers have brought in one run, in order; only whole documents of JSON. */
export function deliveredIn(moments: readonly Moment[]): readonly DeliveredJson[] {
  const brought = moments.flatMap(broughtBy).toSorted((a, b) => a.at - b.at)
  const counts = new Map<string, number>()
  return brought.flatMap(({ moment, operation, channel, message }): DeliveredJson[] => {
    const key = `${moment.boundary}\0${operation}`
    const nth = (counts.get(key) ?? 0) + 1
    counts.set(key, nth)
    const { body, size = body?.length, properties = {}, headers = '' } = message
    const value = body && size === body.length ? readJson(body) : undefined
    if (value === undefined) return []
    const { contentType } = properties
    return [
      {
        moment,
        operation,
        nth,
        channel,
        contentType: typeof contentType === 'string' ? contentType : 'application/json',
        headers: headersIn(headers, properties),
        value,
      },
    ]
  })
}

function broughtBy(moment: Moment): readonly Brought[] {
  const { protocol, operation, at } = moment
  if (protocol === 'amqp') {
    if (!operation.startsWith('DELIVER ')) return []
    const channel = operation.slice('DELIVER '.length)
    return messagesOf(moment)
      .slice(0, 1)
      .map(({ message }) => ({ moment, at, operation, channel, message }))
  }
  if (protocol !== 'nats' && protocol !== 'mqtt') return []
  return messagesOf(moment).flatMap(({ ms, message }): Brought[] => {
    const channel = message.subject ?? message.topic ?? ''
    const name = operationOfDelivery(protocol, channel)
    return channel.startsWith('_INBOX.') ? [] : [{ moment, at: at + ms, operation: name, channel, message }]
  })
}

/** Answers to requests of NATS are no messages that it brings. */
function messagesOf({ exchange }: Moment): readonly { readonly ms: number; readonly message: Message }[] {
  const { kind } = (exchange?.question ?? {}) as { readonly kind?: string }
  if (kind === 'publish' || kind === 'connect') return []
  try {
    const all = (exchange?.messages ?? []).map(({ ms, message }) => ({ ms, message: message as Message }))
    return all.filter(({ message }) => message.type === 'message')
  } catch {
    return []
  }
}

/** Those that say something of the message; what belongs to its way is another each time. */
function headersIn(text: string, properties: Message['properties'] = {}): readonly (readonly [string, string])[] {
  const lines = Array.from(
    text.matchAll(/^(?!NATS\/)([^:\r\n]+):[ \t]*([^\r\n]*)/gm),
    ([, name = '', value = '']) => [name, value] as const,
  )
  const { headers } = properties
  const own = Object.entries({ ...(typeof headers === 'object' && headers) }).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  return [...lines, ...own]
}
