import { keysOf, keyTemplate, nameOf } from '../protocols/redis/describe.ts'
import type { RedisQuestion, RedisReply } from '../protocols/redis/message.ts'
import { type Resp, textOf } from '../protocols/redis/resp.ts'
import type { Moment } from '../timeline/moment.ts'

/** A key of a cache that a run has made, and what is left of it. */
export interface LeftKey {
  readonly boundary: string
  /** As operations name it: `lock:report:may`, `user:{id}`. */
  readonly template: string
  /** `ending`: by itself, after a time. */
  readonly state: 'for ever' | 'ending' | 'gone'
  /** It was made only as it was not there, as a lock is. */
  readonly isLock: boolean
  /** What made it. */
  readonly made: Moment
}

const removing = /^(?:DEL|UNLINK|GETDEL)$/
const timing = /^P?EXPIRE(?:AT)?$/
const settingWithEnd = /^P?SETEX$/
const setting = /^(?:SET|SETNX|GETSET|MSET|MSETNX)$/
const adding = /^(?:(?:INCR|DECR)(?:BY)?|INCRBYFLOAT|APPEND|HSETNX?|HMSET|HINCRBY|[LR]PUSH|SADD|ZADD|ZINCRBY)$/
const flushing = /^FLUSH(?:ALL|DB)$/

/**
 * What a run has left of the keys that it has made in a cache, as far as commands say: what scripts do is not known, and
 * their keys are left out.
 *
 * @param undone - Ids of moments that were answered and not done.
 */
export function leftKeys(moments: readonly Moment[], undone: ReadonlySet<string> = new Set()): readonly LeftKey[] {
  const keys = new Map<string, LeftKey>()
  for (const moment of moments) {
    const { boundary, protocol, effect, ok, id } = moment
    const question = moment.exchange?.question as RedisQuestion | undefined
    if (protocol !== 'redis' || !effect || ok !== true || undone.has(id) || question?.kind !== 'command') continue
    const result = resultOf(moment)
    if (result === undefined || result.type === 'null') continue
    const { name, info } = nameOf(question.args)
    const at = `${boundary}\0${question.database}\0`
    if (flushing.test(name)) keys.clear()
    const words = question.args.slice(2).map((arg) => Buffer.from(arg).toString('latin1').toUpperCase())
    for (const key of keysOf(question.args, info)) {
      const place = `${at}${key}`
      const before = keys.get(place)
      const state = stateBehind(name, words, textOf(result), before?.state)
      if (state === undefined) keys.delete(place)
      else {
        const isLock = before && before.state !== 'gone' ? before.isLock : name === 'SETNX' || words.includes('NX')
        const made = before && before.state !== 'gone' ? before.made : moment
        keys.set(place, { boundary, template: keyTemplate(key), state, isLock, made })
      }
    }
  }
  return [...keys.values()]
}

/** @returns `undefined` where nothing is known of it, or it was not made here. */
function stateBehind(
  name: string,
  words: readonly string[],
  result: string | undefined,
  before: LeftKey['state'] | undefined,
): LeftKey['state'] | undefined {
  const isThere = before !== undefined && before !== 'gone'
  if (removing.test(name)) return before === undefined ? undefined : 'gone'
  if (timing.test(name)) return isThere && result === '1' ? 'ending' : before
  if (settingWithEnd.test(name)) return 'ending'
  if (name === 'PERSIST') return isThere ? 'for ever' : before
  if (setting.test(name)) {
    if (/^(?:SETNX|MSETNX)$/.test(name) && result === '0') return before
    if (words.some((word) => /^(?:EX|PX|EXAT|PXAT)$/.test(word))) return 'ending'
    return isThere && words.includes('KEEPTTL') ? before : 'for ever'
  }
  if (adding.test(name)) return isThere ? before : 'for ever'
  return undefined
}

/** Whether a command is run with others, or none of them is. */
export function isInTransaction({ protocol, exchange }: Moment): boolean {
  const replies = (exchange?.messages ?? []).map(({ message }) => message as RedisReply)
  return protocol === 'redis' && replies.some(({ type }) => type === 'executed' || type === 'discarded')
}

/** Whether nothing can be there of what a command is to take out, as it was taken out before, and not put back. */
export function isGoneBefore(moments: readonly Moment[], last: Moment): boolean {
  const keys = keysIn(last)
  const before = moments.slice(0, moments.indexOf(last)).filter(({ effect, ok }) => effect && ok === true)
  return (
    keys.length > 0 &&
    keys.every((key) => {
      const touched = before.findLast((moment) => moment.boundary === last.boundary && keysIn(moment).includes(key))
      return touched !== undefined && removing.test(touched.operation.split(' ', 1)[0]!)
    })
  )
}

function keysIn({ protocol, exchange }: Moment): readonly string[] {
  const question = exchange?.question as RedisQuestion | undefined
  if (protocol !== 'redis' || question?.kind !== 'command') return []
  return keysOf(question.args, nameOf(question.args).info)
}

/** What came of a command, also where it was one of a transaction; `undefined` where nothing did. */
function resultOf({ exchange }: Moment): Resp | undefined {
  const replies = (exchange?.messages ?? []).map(({ message }) => message as RedisReply)
  const executed = replies.find((reply) => reply.type === 'executed')
  const reply = executed ?? replies.find(({ type }) => type === 'reply')
  if (!reply || !('value' in reply) || (!executed && textOf(reply.value) === 'QUEUED')) return undefined
  return reply.value
}
