import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeBaseline } from '../../src/matrix/baseline.ts'
import { differenceIn } from '../../src/matrix/contract/outgoing.ts'
import { observed, type Script } from './cases.ts'

const test = { file: 'test/orders.test.ts', name: 'places an order' }

/** How a run differs from clean ones in what was asked. */
function difference(clean: readonly Script[], now: Script): string | undefined {
  const [first, ...others] = clean.map((script) => observed(script))
  return differenceIn(makeBaseline(test, [first!, ...others]), observed(now))
}

const insert = 'INSERT INTO payments (id, amount) VALUES ($1, $2)'
const pay =
  (id: string | null, amount: string | null = '1000'): Script =>
  (t) =>
    t.sql(insert, { parameters: [id, amount] })
const post =
  (body: unknown, path = '/v1/notes'): Script =>
  (t) =>
    t.http(`POST ${path}`, { body: typeof body === 'string' ? body : JSON.stringify(body) })

describe('what is asked of others', () => {
  it('differs by a value that is the same in all clean runs', () => {
    const clean = [pay('pi_3Qa1'), pay('pi_7Zk2')]
    expect(difference(clean, pay('pi_5Xb9', '0'))).toBe('INSERT payments at orders was asked with another $2')
    expect(difference(clean, pay('pi_5Xb9', null))).toBe('INSERT payments at orders was asked with another $2')
    expect(difference(clean, pay('pi_5Xb9'))).toBe(undefined)
  })

  it('differs by the kind of a value that is another one each time', () => {
    const clean = [pay('pi_3Qa1'), pay('pi_7Zk2')]
    const asked = 'INSERT payments at orders was asked with another $1'
    expect([pay(null), pay('undefined'), pay('1')].map((now) => difference(clean, now))).toEqual([asked, asked, asked])
  })

  it('differs by fields of a JSON or form body, whatever is made anew in it', () => {
    const note = (text: string | undefined, at: string): Script => post({ text, at })
    const clean = [note('paid', '2026-11-21T10:00:00Z'), note('paid', '2026-11-21T10:00:00Z')]
    expect(difference(clean, note('paid', '2026-11-22T11:11:11Z'))).toBe(undefined)
    expect(difference(clean, note(undefined, '2026-11-22T11:11:11Z'))).toBe(
      'POST /v1/notes at payments was asked with another body/text',
    )
    const form = [post('amount=10&to=a'), post('amount=10&to=a')]
    expect(difference(form, post('amount=&to=a'))).toBe('POST /v1/notes at payments was asked with another body/amount')
  })

  it('differs when more or less is asked, but not where that is so in clean runs', () => {
    const twice: Script = (t) => t.http('GET /v1/notes').http('GET /v1/notes')
    const once: Script = (t) => t.http('GET /v1/notes')
    expect(difference([once, once], twice)).toBe('GET /v1/notes at payments was asked 2 times instead of 1')
    expect(difference([once, twice], once)).toBe(undefined)
    expect(difference([once, once], () => undefined)).toBe('GET /v1/notes at payments was asked 0 times instead of 1')
  })

  const inTurn =
    (...notes: readonly string[]): Script =>
    (t) => {
      for (const note of notes) t.http('POST /v1/notes', { body: JSON.stringify({ note }) })
    }

  it('differs by its order where one thing is done at a time', () => {
    const clean = [inTurn('a', 'b', 'c'), inTurn('a', 'b', 'c')]
    expect(difference(clean, inTurn('a', 'c', 'b'))).toBe('POST /v1/notes at payments was asked in another order')
    expect(difference(clean, inTurn('a', 'b', 'c'))).toBe(undefined)
    expect(difference([inTurn('a', 'b'), inTurn('b', 'a')], inTurn('b', 'a'))).toBe(undefined)
  })

  it('does not differ by the order of what is done side by side, but by what is not among it', () => {
    const beside =
      (script: Script): Script =>
      (t) => {
        t.subscribe('jobs', [], { ends: false })
        script(t)
      }
    fc.assert(
      fc.property(fc.shuffledSubarray(['a', 'b', 'c'], { minLength: 3 }), fc.boolean(), (notes, isMixed) => {
        const other = isMixed ? inTurn('c', 'a', 'b') : inTurn('a', 'b', 'c')
        const clean = [beside(inTurn('a', 'b', 'c')), beside(other)]
        expect(difference(clean, beside(inTurn(...notes)))).toBe(undefined)
        const changed = notes.map((note) => (note === 'b' ? 'x' : note))
        expect(difference(clean, beside(inTurn(...changed)))).toBe(
          'POST /v1/notes at payments was asked with another body/note',
        )
      }),
    )
  })

  it('is compared by form where there is one clean run only', () => {
    const clean = [post({ id: 'ch_1', state: 'open' })]
    expect(difference(clean, post({ id: 'ch_2', state: 'open' }))).toBe(undefined)
    expect(difference(clean, post({ id: 'ch_2', state: 'shut' }))).toContain('body/state')
    expect(difference(clean, post({ id: null, state: 'open' }))).toContain('body/id')
  })
})
