import type { RedisQuestion, RedisReply } from '../../protocols/redis/message.ts'
import { type Resp, textOf } from '../../protocols/redis/resp.ts'
import { type Moment } from '../../timeline/moment.ts'
import { referenceOf } from '../baseline.ts'
import type { ExchangeClass } from '../classes.ts'

interface Key {
  /** What it holds, where that is known. */
  now?: string | undefined
  /** What it has held last that was something else. */
  before?: string | undefined
  /** Whoever writes it takes it back, or lets it expire: it stands for something that is elsewhere. */
  isCache?: true
}

const expiring = /^(?:EX|PX|EXAT|PXAT)$/i

/** What a key that one exchange of a class reads has held before, as a cache could that was not told. */
export function staleValueOf({ baseline, boundary, moments, nths }: ExchangeClass, nth: number): string | undefined {
  const read = moments[nths.indexOf(nth)]
  if (!read) return undefined
  const keys = new Map<string, Key>()
  for (const moment of referenceOf(baseline).moments) {
    if (moment === read) break
    if (moment.boundary === boundary) note(keys, moment)
  }
  const [command, name = ''] = argsOf(read)
  const key = keys.get(name)
  if (command !== 'GET' || !key?.isCache) return undefined
  const found = answerOf(read)
  return key.now !== undefined && key.now !== found ? key.now : key.before === found ? undefined : key.before
}

function note(keys: Map<string, Key>, moment: Moment): void {
  const [command, ...args] = argsOf(moment)
  const keyOf = (name: string): Key => {
    const key = keys.get(name) ?? {}
    keys.set(name, key)
    return key
  }
  const [name] = args
  if (name === undefined || moment.ok !== true) return
  if (command === 'GET') hold(keyOf(name), answerOf(moment))
  if (command === 'SET') {
    hold(keyOf(name), args[1])
    if (args.slice(2).some((word) => expiring.test(word))) keyOf(name).isCache = true
  }
  if (command === 'SETEX' || command === 'PSETEX') {
    hold(keyOf(name), args[2])
    keyOf(name).isCache = true
  }
  if (/^P?EXPIRE(?:AT)?$/.test(command)) keyOf(name).isCache = true
  if (command === 'DEL' || command === 'UNLINK') {
    for (const each of args) {
      hold(keyOf(each), undefined)
      keyOf(each).isCache = true
    }
  }
}

function hold(key: Key, value: string | undefined): void {
  if (value !== key.now && key.now !== undefined) key.before = key.now
  key.now = value
}

function argsOf({ exchange }: Moment): readonly [command: string, ...args: string[]] {
  const { args = [], cut } = (exchange?.question ?? {}) as Partial<RedisQuestion>
  const [command = '', ...rest] = cut ? [] : args.map((arg) => Buffer.from(arg).toString('utf8'))
  return [command.toUpperCase(), ...rest]
}

function answerOf({ exchange }: Moment): string | undefined {
  const reply = exchange?.messages.map(({ message }) => message as RedisReply).find(({ type }) => type === 'reply')
  const value: Resp | undefined = reply && 'value' in reply && !reply.cut ? reply.value : undefined
  return value?.type === 'bulk' ? textOf(value) : undefined
}
