import { anyText } from '../../core/any-value.ts'
import type { Timed } from '../../core/exchange.ts'
import type { Json } from '../../core/json.ts'
import type { Content } from '../../core/protocol.ts'
import type { Redactor } from '../../core/redaction.ts'
import type { RedisQuestion, RedisReply } from './message.ts'
import { credentialPlaces } from './credential-places.ts'
import { redactBytes } from '../../core/redaction/bytes.ts'
import type { Resp } from './resp.ts'
import { wordTable } from '../../core/word-table.ts'

/** Commands whose arguments from here on are fields and values in turn. */
const pairsFrom: Readonly<Record<string, number>> = wordTable({
  hset: 2,
  hmset: 2,
  hsetnx: 2,
  xadd: 3,
  mset: 1,
  msetnx: 1,
  set: 1,
})
const pairedReplies: ReadonlySet<string> = new Set(['hgetall', 'config'])

/** Replaces passwords of AUTH, HELLO, ACL and CONFIG, values of fields that are credentials, and secrets in any text. */
export function redactRedis(
  content: Content<RedisQuestion, RedisReply>,
  redactor: Redactor,
): Content<RedisQuestion, RedisReply> {
  const { question } = content
  const args = redactArguments(question.args, redactor)
  const command = nameOf(question.args)
  const messages = changed(content.messages, (timed) => redactStep(timed, redactor, pairedReplies.has(command)))
  if (args === question.args && messages === content.messages) return content
  return { question: args === question.args ? question : { ...question, args }, messages }
}

function redactArguments(args: readonly Uint8Array[], redactor: Redactor): readonly Uint8Array[] {
  const credentials = credentialPlaces(args)
  const from = pairsFrom[nameOf(args)]
  return changed(args, (arg, at) => {
    if (at === 0) return arg
    const place = credentials.get(at)
    if (place) return redactAs('password', arg, redactor, 'command.password', place.keep)
    const named = from !== undefined && at > from && (at - from) % 2 === 1
    return named
      ? redactAs(Buffer.from(args[at - 1]!).toString('utf8'), arg, redactor, 'command')
      : redactBytes(arg, redactor, `command.args[${at}]`)
  })
}

function redactAs(name: string, arg: Uint8Array, redactor: Redactor, where: string, keep = 0): Uint8Array {
  const text = Buffer.from(arg).toString('utf8')
  // The last part of a key names what is kept under it: `session:42:token`.
  const field = name.split(/[:/.]/).at(-1) ?? name
  const secret = text.slice(keep)
  const safe = (redactor.json({ [field]: secret }, where) as { readonly [key: string]: Json })[field]
  return safe === secret ? redactBytes(arg, redactor, where) : Buffer.from(text.slice(0, keep) + anyText(safe))
}

function redactStep(timed: Timed<RedisReply>, redactor: Redactor, paired: boolean): Timed<RedisReply> {
  const { message } = timed
  if (message.type === 'failure') {
    const safe = redactor.text(message.message, 'reply.failure')
    return safe === message.message ? timed : { ...timed, message: { ...message, message: safe } }
  }
  if (!('value' in message)) return timed
  const value = redactValue(message.value, redactor, paired)
  return value === message.value ? timed : { ...timed, message: { ...message, value } }
}

function redactValue(value: Resp, redactor: Redactor, paired = false): Resp {
  if ('bytes' in value) {
    const bytes = redactBytes(value.bytes, redactor, 'reply')
    return bytes === value.bytes ? value : { ...value, bytes, size: value.size - value.bytes.length + bytes.length }
  }
  if ('text' in value) {
    const text = redactor.text(value.text, 'reply')
    return text === value.text ? value : { ...value, text }
  }
  if (!('items' in value)) return value
  const named = paired || value.type === 'map' || value.type === 'attribute'
  const items = changed(value.items, (item, i) => {
    const name = value.items[i - 1]
    if (!named || i % 2 === 0 || item.type !== 'bulk' || !name || !('bytes' in name)) return redactValue(item, redactor)
    const bytes = redactAs(Buffer.from(name.bytes).toString('utf8'), item.bytes, redactor, 'reply')
    return bytes === item.bytes ? item : { ...item, bytes, size: bytes.length }
  })
  const inner = value.type === 'attribute' ? redactValue(value.value, redactor) : undefined
  if (items === value.items && (inner === undefined || (value.type === 'attribute' && inner === value.value)))
    return value
  return { ...value, items, ...(inner && { value: inner }) } as Resp
}

/** The list itself when no element has changed. */
function changed<T>(list: readonly T[], change: (each: T, at: number) => T): readonly T[] {
  let copy: T[] | undefined
  for (const [i, before] of list.entries()) {
    const after = change(before, i)
    if (after !== before) (copy ??= list.slice())[i] = after
  }
  return copy ?? list
}

function nameOf(args: readonly Uint8Array[]): string {
  return Buffer.from(args[0] ?? [])
    .toString('latin1')
    .toLowerCase()
}
