import { lostConnection } from '../../modes/faults/lost-connection.ts'
import { serviceDown } from '../../modes/faults/service-down.ts'
import type { ProtocolFault } from '../../core/protocol-fault.ts'
import type { QuestionFault } from '../../modes/faults/fault-set.ts'
import type { RedisQuestion, RedisReply } from '../../protocols/redis/message.ts'
import { type Resp, textOf } from '../../protocols/redis/resp.ts'
import { redisFaults } from '../../protocols/redis/faults.ts'
import type { Aim, CatalogueFault } from '../catalogue.ts'
import type { Moment } from '../../timeline/moment.ts'
import type { ExchangeClass } from '../classes.ts'
import { isOfProgram } from './of-program.ts'
import { staleValueOf } from './stale-value.ts'

const always = Number.POSITIVE_INFINITY

/** What clients say of themselves and of the connection. */
const aboutTheConnection =
  /^(?:HELLO|AUTH|CLIENT|SELECT|PING|ECHO|INFO|COMMAND|CONFIG|QUIT|RESET|[SP]?(?:UN)?SUBSCRIBE)\b/

/** What needs no memory is done even when there is none left. */
const freeing = /^(?:DEL|UNLINK|HDEL|SREM|ZREM|LREM|[LR]POP|P?EXPIRE(?:AT)?|PERSIST|FLUSH(?:ALL|DB))\b/

/** Also what was refused, and is dealt with, such as a script that is not there yet. */
const answered = ({ protocol, operation }: ExchangeClass): boolean =>
  protocol === 'redis' && !aboutTheConnection.test(operation)
const asked = (exchanges: ExchangeClass): boolean => answered(exchanges) && exchanges.outcome === 'ok'
const reads = (exchanges: ExchangeClass): boolean => asked(exchanges) && !exchanges.effect
const writes = (exchanges: ExchangeClass): boolean => asked(exchanges) && exchanges.effect

/** Texts that were found. */
function found({ exchange, operation }: Moment): readonly string[] {
  if (!/^(?:GET|GETEX|MGET|HGET|HMGET)\b/.test(operation)) return []
  const values = (exchange?.messages ?? []).flatMap(({ message }) => {
    const { type, value } = message as RedisReply & { readonly value?: Resp }
    if (type !== 'reply' || !value) return []
    return value.type === 'array' ? value.items : [value]
  })
  return values.flatMap((value) => (value.type === 'bulk' ? [textOf(value) ?? ''] : []))
}

/** Whether it writes whatever is there already: who asks to be told whether it has written waits for an answer. */
function overwrites({ exchange, operation }: Moment): boolean {
  const args = (exchange?.question as Partial<RedisQuestion> | undefined)?.args ?? []
  const words = args.slice(3).map((arg) => Buffer.from(arg).toString('latin1').toUpperCase())
  return /^(?:SET|SETEX|PSETEX|MSET|HSET)\b/.test(operation) && !words.some((word) => /^(?:NX|XX|GET)$/.test(word))
}

function aimed(fault: ProtocolFault, { operation, nth }: Aim, times = 1): QuestionFault {
  return { ...fault, match: { operation, nth, times } }
}

/** What caches do to those who ask them. */
export const cacheFaults: readonly CatalogueFault[] = [
  {
    name: 'cache lost',
    family: 'error',
    said: 'was never done: the connection was lost',
    expected: 'give the same answer, only slower',
    reaches: false,
    passing: true,
    disconnects: true,
    weight: 5,
    applies: answered,
    arm: (aim) => lostConnection(aim),
  },
  {
    name: 'cache down',
    family: 'error',
    said: 'was never done: the cache was down, and stayed so for the rest of the test',
    expected: 'give the same answer, only slower',
    reaches: false,
    passing: true,
    stalls: true,
    forgets: true,
    // Where connections come back, it is as `cache lost`.
    once: true,
    weight: 4,
    applies: (exchanges) => asked(exchanges) && isOfProgram(exchanges),
    arm: (aim) => serviceDown(aim),
  },
  {
    name: 'cache loading',
    family: 'error',
    said: 'was answered with LOADING, again and again',
    expected: 'give the same answer, only slower',
    reaches: false,
    passing: true,
    weight: 4,
    applies: reads,
    arm: (aim) => aimed(redisFaults.loading(), aim, always),
  },
  {
    name: 'cache no answer',
    family: 'error',
    said: 'was not answered',
    expected: 'stop waiting after a timeout of its own, and go on without it',
    reaches: false,
    stalls: true,
    weight: 4,
    applies: (exchanges) => reads(exchanges) || (writes(exchanges) && isOfProgram(exchanges)),
    arm: (aim) => aimed(redisFaults.timeout(), aim),
  },
  {
    name: 'cache full',
    family: 'error',
    said: 'was refused with OOM: the cache was full',
    expected: 'go on without it',
    reaches: false,
    passing: true,
    weight: 4,
    applies: (exchanges) => writes(exchanges) && !freeing.test(exchanges.operation),
    arm: (aim) => aimed(redisFaults.oom(), aim),
  },
  {
    name: 'cache miss',
    family: 'error',
    said: 'was answered with nothing: what was there was gone',
    expected: 'get it from where it comes from',
    reaches: true,
    weight: 5,
    applies: reads,
    strikes: (moment) => found(moment).length > 0,
    arm: ({ operation, nth }) => ({
      ...redisFaults.miss(),
      match: { operation, nth, times: always, untilWritten: true },
    }),
  },
  {
    name: 'cache stale value',
    family: 'error',
    said: 'was answered with what was true before',
    expected: 'decide by what it is a copy of',
    reaches: true,
    blunt: true,
    once: true,
    weight: 5,
    applies: reads,
    tells(exchanges, nth) {
      const body = staleValueOf(exchanges, nth)
      return body === undefined ? undefined : { body }
    },
    arm: (aim) => aimed(redisFaults.stale(aim.answered?.body ?? ''), aim),
  },
  {
    name: 'cache half value',
    family: 'error',
    said: 'was answered with the first half of a value',
    expected: 'take what cannot be read for a miss',
    reaches: true,
    weight: 5,
    applies: reads,
    // Whether another text is only a half nobody can tell.
    strikes: (moment) => found(moment).some((text) => /^\s*[[{]/.test(text)),
    arm: (aim) => aimed(redisFaults.half(), aim),
  },
  {
    name: 'cache wrong type',
    family: 'error',
    said: 'was refused with WRONGTYPE: the key held something else',
    expected: 'take it for a miss',
    reaches: false,
    once: true,
    weight: 2,
    applies: reads,
    arm: (aim) => aimed(redisFaults.wrongType(), aim, always),
  },
  {
    name: 'cache write lost',
    family: 'error',
    said: 'was acknowledged, and lost',
    expected: 'go on without it',
    reaches: false,
    once: true,
    weight: 3,
    applies: writes,
    strikes: overwrites,
    arm: (aim) => aimed(redisFaults.writeLost(), aim),
  },
]
