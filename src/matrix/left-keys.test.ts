import { expect, it } from 'vitest'
import { describe as describeCommand } from '../protocols/redis/describe.ts'
import type { Moment } from '../timeline/moment.ts'
import { isGoneBefore, isInTransaction, leftKeys } from './left-keys.ts'

const integer = /^\d+$/

type Command = readonly [command: string, answer: string | null]

/** Commands with their answers; behind `EXEC:` what came of one in a transaction. */
function momentsOf(...commands: readonly Command[]): readonly Moment[] {
  return commands.map(([command, answer], i) => {
    const args = command.split(' ').map((word) => Buffer.from(word))
    const [, executed] = /^EXEC:(.*)$/.exec(answer ?? '') ?? []
    const valueOf = (text: string | null): object =>
      text === null ? { type: 'null', form: 'bulk' } : { type: integer.test(text) ? 'integer' : 'simple', text }
    const reply = { type: 'reply', value: valueOf(executed === undefined ? answer : 'QUEUED'), bytes: 1 }
    const later = executed === undefined ? [] : [{ type: 'executed', value: valueOf(executed), bytes: 1 }]
    const messages = [reply, ...later].map((message) => ({ ms: 0, from: 'service', message }))
    const { name: operation, effect } = describeCommand({ kind: 'command', args })
    const exchange = { question: { kind: 'command', session: 1, database: 0, args }, messages }
    return { id: `p-${i}`, boundary: 'cache', protocol: 'redis', operation, effect, ok: true, facts: {}, exchange }
  }) as unknown as readonly Moment[]
}

function left(...commands: readonly Command[]): Record<string, string> {
  return Object.fromEntries(leftKeys(momentsOf(...commands)).map(({ template, state }) => [template, state]))
}

it('tells what stays for ever from what ends or is taken away', () => {
  expect(left(['SET a 1', 'OK'])).toEqual({ a: 'for ever' })
  expect(left(['SET a 1 NX PX 30000', 'OK'], ['SETEX user:42 60 x', 'OK'])).toEqual({
    a: 'ending',
    'user:{id}': 'ending',
  })
  expect(left(['INCR a', '1'], ['EXPIRE a 60', '1'], ['INCR a', '2'])).toEqual({ a: 'ending' })
  expect(left(['SET a 1 EX 60', 'OK'], ['SET a 2', 'OK'])).toEqual({ a: 'for ever' })
  expect(left(['SET a 1', 'OK'], ['DEL a', '1'])).toEqual({ a: 'gone' })
  expect(left(['SET a 1 EX 60', 'OK'], ['PERSIST a', '1'])).toEqual({ a: 'for ever' })
})

it('knows nothing of what others have made, of what scripts do, and of what was not done', () => {
  expect(left(['SET a 1 NX', null])).toEqual({})
  expect(left(['SETNX a 1', '0'], ['DEL b', '1'], ['EXPIRE c 60', '1'])).toEqual({})
  expect(left(['SET a 1', 'OK'], ['EVAL script 1 a', '1'])).toEqual({})
  expect(left(['INCR a', 'QUEUED'])).toEqual({})
  expect(left(['INCR a', 'EXEC:1'], ['EXPIRE a 60 NX', 'EXEC:1'])).toEqual({ a: 'ending' })
  expect(leftKeys(momentsOf(['SET a 1', 'OK']), new Set(['p-0']))).toEqual([])
})

it('knows a lock by how it was made, and a command of a transaction', () => {
  const [lock, copy] = leftKeys(momentsOf(['SET a 1 NX', 'OK'], ['SET b 1', 'OK']))
  expect([lock?.isLock, copy?.isLock]).toEqual([true, false])
  expect(momentsOf(['INCR a', 'EXEC:1'], ['INCR a', '1']).map(isInTransaction)).toEqual([true, false])
})

it('knows that a key which was taken out before is not there', () => {
  const isGone = (...commands: readonly Command[]): boolean => {
    const moments = momentsOf(...commands)
    return isGoneBefore(moments, moments.at(-1)!)
  }
  expect(isGone(['DEL user:42', '1'], ['DEL user:42', '0'])).toBe(true)
  expect(isGone(['DEL user:42', '1'], ['SET user:42 x EX 60', 'OK'], ['DEL user:42', '1'])).toBe(false)
  expect(isGone(['DEL user:42', '1'], ['DEL user:43', '1'])).toBe(false)
})
