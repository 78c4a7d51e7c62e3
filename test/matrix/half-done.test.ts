import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../src/matrix/verdict.ts'
import { judged, type Script } from './cases.ts'

const failed = { passed: false, errors: [{ name: 'Error', message: 'no', stack: '' }], steps: [9] } as const

/** A statement and its parameters. */
type Said = readonly [text: string, ...parameters: string[]]

/** What becomes of a step in which only the first of two statements is done. */
function verdictOf(first: Said, second: Said): Verdict {
  const done: Script = (t) => t.sql(first[0], { parameters: first.slice(1) })
  const clean: Script = (t) => (done(t), t.sql(second[0], { parameters: second.slice(1) }))
  const operation = `${second[0].split(' ', 1)[0]} orders`
  const faulted: Script = (t) => (done(t), t.sql(second[0], { error: { code: '40P01' } }))
  const cell = { operation, nth: 2, fault: 'sqlstate 40P01', how: failed, cleanHow: { steps: [9] } }
  return judged({ ...cell, clean, faulted }).verdict
}

describe('O3 of two changes in one table', () => {
  const state = 'UPDATE orders SET state = $2 WHERE id = $1'
  const add = 'UPDATE orders SET n = n + $2 WHERE id = $1'

  it('is the first of them, where the second is another one', () => {
    expect(verdictOf(["UPDATE orders SET state = 'taken'"], ["UPDATE orders SET file = 'f' WHERE id = 1"])).toBe(
      'inconsistent',
    )
    expect(verdictOf([state, 'a', 'taken'], [state, 'a', 'done'])).toBe('inconsistent')
  })

  it('is what was taken from one row and not given to another', () => {
    expect(verdictOf([add, 'a', '-5'], [add, 'b', '5'])).toBe('inconsistent')
    expect(verdictOf(['UPDATE orders SET n = n - 5 WHERE id = 1'], ['UPDATE orders SET n = n + 5 WHERE id = 2'])).toBe(
      'inconsistent',
    )
  })

  it('is not one row of many that are a matter of their own', () => {
    expect(verdictOf([state, 'a', 'done'], [state, 'b', 'done'])).toBe('degraded')
    expect(verdictOf([add, 'a', '5'], [add, 'b', '5'])).toBe('degraded')
  })

  it('is not what has an end by itself, or counts an attempt', () => {
    const done: Said = ["UPDATE orders SET state = 'done' WHERE id = 1"]
    expect(verdictOf(["UPDATE orders SET state = 'taken', taken_until = '2030-01-01'"], done)).toBe('degraded')
    expect(verdictOf(['UPDATE orders SET attempts = attempts + 1 WHERE id = 1'], done)).toBe('degraded')
  })

  it('is not where the row was put back, nor of what nobody knows to stand', () => {
    const [take, done] = ["UPDATE orders SET state = 'taken'", "UPDATE orders SET state = 'done'"]
    const how = { ...failed, asks: [] }
    const cell = { clean: (t: Parameters<Script>[0]) => t.sql(take).sql(done), how, cleanHow: { steps: [9] } }
    const back: Script = (t) =>
      t
        .sql(take)
        .sql(done, { error: { code: '40P01' } })
        .sql("UPDATE orders SET state = 'new'")
    const refused = { ...cell, operation: 'UPDATE orders', nth: 2, fault: 'sqlstate 40P01' }
    expect(judged({ ...refused, faulted: back }).verdict).toBe('degraded')
    const lost: Script = (t) => t.sql(take, { lost: true })
    expect(judged({ ...refused, nth: 1, fault: 'write answer lost', faulted: lost }).verdict).toBe('degraded')
  })
})

describe('O3 of two rows that are inserted', () => {
  const entry = 'INSERT INTO orders (of, cents) VALUES ($1, $2)'
  const [one, other] = ['0b5e2c0e-58f6-4a31-9d3c-0d1f6f2f7a10', '7e0c51a1-9d83-4c94-8a67-3a3a6a1c0b55']

  it('is one of both, where they are of one and the same thing', () => {
    expect(verdictOf([entry, one!, '-5'], [entry, one!, '5'])).toBe('inconsistent')
  })

  it('is not one of several that have nothing to do with each other', () => {
    expect(verdictOf([entry, one!, '5'], [entry, other!, '5'])).toBe('degraded')
  })
})
