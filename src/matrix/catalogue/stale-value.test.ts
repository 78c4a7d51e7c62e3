import { expect, it } from 'vitest'
import type { Moment } from '../../timeline/moment.ts'
import { makeBaseline } from '../baseline.ts'
import type { ExchangeClass } from '../classes.ts'
import type { Observation } from '../observation.ts'
import { staleValueOf } from './stale-value.ts'

const bulk = (text: string | null): object =>
  text === null
    ? { type: 'null', form: 'bulk' }
    : { type: 'bulk', bytes: Buffer.from(text), size: Buffer.byteLength(text) }

/** What the last of these commands, each with its answer, could be told that was true before. */
function staleAfter(...commands: readonly (readonly [command: string, answer: string | null])[]): string | undefined {
  const moments = commands.map(([command, answer], i) => {
    const question = { kind: 'command', args: command.split(' ').map((word) => Buffer.from(word)) }
    const messages = [{ ms: 0, from: 'service', message: { type: 'reply', value: bulk(answer), bytes: 1 } }]
    return { id: `p-${i}`, boundary: 'cache', ok: true, facts: {}, exchange: { question, messages } }
  }) as unknown as readonly Moment[]
  const run = { passed: true, ended: 'in time', moments, asks: [], steps: [], errors: [], uncaught: [] }
  const baseline = makeBaseline({ file: '', name: '' }, [run as unknown as Observation])
  const read = { baseline, boundary: 'cache', moments: [moments.at(-1)!], nths: [1] }
  return staleValueOf(read as unknown as ExchangeClass, 1)
}

it('is what a key held before it was written again, or was taken out', () => {
  expect(staleAfter(['SET a 1 EX 60', 'OK'], ['SET a 2 EX 60', 'OK'], ['GET a', '2'])).toBe('1')
  expect(staleAfter(['SETEX a 60 1', 'OK'], ['DEL a', '1'], ['GET a', null])).toBe('1')
  expect(staleAfter(['GET a', '1'], ['DEL b a', '1'], ['SET a 2', 'OK'], ['GET a', '2'])).toBe('1')
  expect(staleAfter(['SET a 1', 'OK'], ['EXPIRE a 60', '1'], ['GET a', '2'])).toBe('1')
})

it('is nothing where nothing has changed, or the key is no copy of anything', () => {
  expect(staleAfter(['SET a 1 EX 60', 'OK'], ['GET a', '1'])).toBeUndefined()
  expect(staleAfter(['GET a', null])).toBeUndefined()
  expect(staleAfter(['SET a 1', 'OK'], ['SET a 2', 'OK'], ['GET a', '2'])).toBeUndefined()
  expect(staleAfter(['SET b 1 EX 60', 'OK'], ['DEL b', '1'], ['GET a', '2'])).toBeUndefined()
})
