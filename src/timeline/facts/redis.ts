import type { Content } from '../../core/protocol.ts'
import type { RedisQuestion, RedisReply } from '../../protocols/redis/message.ts'
import { errorOf, type Resp, textOf } from '../../protocols/redis/resp.ts'
import type { DeliveryFacts, Facts, PublishFacts } from '../moment.ts'
import { beginningOf } from './beginning-of.ts'

const publishing: ReadonlySet<string> = new Set(['PUBLISH', 'SPUBLISH', 'XADD'])
const subscribing: ReadonlySet<string> = new Set(['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE'])

/** What a command to Redis was and what became of it. */
export function redisFacts({ question, messages }: Content<RedisQuestion, RedisReply>): Facts {
  const session = String(question.session)
  const found: { error?: Facts['error']; failure?: Facts['failure'] } = {}
  const delivered: DeliveryFacts[] = []
  for (const { ms, message } of messages) {
    if (message.type === 'failure') {
      found.failure = message.failure
      found.error ??= { code: '', message: message.message }
    } else if (message.type === 'push') delivered.push(...deliveryOf(message.value, ms))
    else if (message.type !== 'discarded') {
      const text = errorOf(message.value)
      if (text !== undefined) found.error ??= { code: text.split(' ', 1)[0]!, message: text }
    }
  }
  if (question.kind === 'connect') return { session, connect: true, ...found }
  const [name = '', channel = '', ...rest] = question.args.map(beginningOf)
  const verb = name.toUpperCase()
  const published: PublishFacts = { channel, body: rest.join(' '), confirmed: undefined }
  return {
    session,
    ...(publishing.has(verb) && { published }),
    ...(subscribing.has(verb) && { subscribed: [channel, ...rest].join(' ') }),
    ...(delivered.length > 0 && { delivered }),
    ...found,
  }
}

/** `message`, channel, body; a pattern stands before the channel of a `pmessage`. */
function deliveryOf(value: Resp, ms: number): DeliveryFacts[] {
  if (!('items' in value)) return []
  const words = value.items.map((item) => textOf(item) ?? '')
  if (!/^[ps]?message$/.test(words[0] ?? '')) return []
  const [channel = '', body = ''] = words.slice(-2)
  return [{ channel, ms, body, again: false, key: undefined, consumer: channel, sequence: 0 }]
}
