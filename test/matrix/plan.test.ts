import { expect, it } from 'vitest'
import type { TestRef } from '../../src/core/exchange.ts'
import { askedOnce } from '../../src/matrix/asked-once.ts'
import { makeBaseline } from '../../src/matrix/baseline.ts'
import { classesOf } from '../../src/matrix/classes.ts'
import { planCells, type PlanOptions } from '../../src/matrix/plan.ts'
import { observed, type Script } from './cases.ts'

const test = { file: 'test/orders.test.ts', name: 'places an order' }

/** Which exchanges of an operation a fault is aimed at. */
function aimsAt(fault: string, operation: string, script: Script): readonly number[] {
  const cells = planCells([makeBaseline(test, [observed(script, { struck: 0 })])], { fault })
  return cells.filter((cell) => cell.operation === operation).map(({ nth }) => nth)
}

function faultsAt(operation: string, script: Script, options: PlanOptions = {}): readonly string[] {
  const cells = planCells([makeBaseline(test, [observed(script, { struck: 0 })])], options)
  return cells.filter((cell) => cell.operation === operation).map(({ fault }) => fault)
}

it('tries nothing in tests of something else', () => {
  const script: Script = (t) => t.http('GET /v1/charges')
  expect(faultsAt('GET /v1/charges', script, { exclude: ['test/gateway.test.ts'] })).toContain('503')
  expect(faultsAt('GET /v1/charges', script, { exclude: ['test/ord*'] })).toEqual([])
})

it('strikes what each line asks, and each status and kind of body, also where one operation is asked', () => {
  const placesOf = (script: Script, sites: readonly string[]): readonly (readonly number[])[] => {
    const asks = sites.map((site, place) => ({ place, boundary: 'gateway', operation: 'GET /v1/rates', site }))
    const run = { ...observed(script, { struck: 0 }), asks } as unknown as ReturnType<typeof observed>
    return classesOf(makeBaseline(test, [run])).map(({ nths }) => nths)
  }
  const asked =
    (count: number): Script =>
    (t) =>
      void Array.from({ length: count }, () => t.http('GET /v1/rates'))
  expect(placesOf(asked(3), ['a.ts:1', 'a.ts:1', 'a.ts:1'])).toEqual([[1, 2, 3]])
  expect(placesOf(asked(3), ['a.ts:1', 'b.ts:2', 'a.ts:1'])).toEqual([[1, 3], [2]])
})

it('refuses no row as a duplicate that an INSERT knows what to do about', () => {
  const insert = 'INSERT INTO shipments (order_id) VALUES ($1)'
  expect(faultsAt('INSERT shipments', (t) => t.sql(insert))).toContain('sqlstate 23505')
  expect(faultsAt('INSERT shipments', (t) => t.sql(`${insert} ON CONFLICT DO NOTHING`))).not.toContain('sqlstate 23505')
  expect(faultsAt('INSERT shipments', (t) => t.sql(`${insert} ON CONFLICT DO NOTHING`))).toContain('sqlstate 40P01')
})

it('loses a connection in a test that comes back to it later on, whatever other tests there are', () => {
  const publish: Script = (t) => t.publish('orders.created', '{}')
  const named = (name: string): TestRef => ({ ...test, name })
  const once = ['a', 'b'].map((name) => makeBaseline(named(name), [observed(publish, { struck: 0, durationMs: 1 })]))
  const twice = observed((t) => (publish(t), publish(t)), { struck: 0, steps: [1.5, 2.5] })
  const cells = planCells([...once, makeBaseline(named('both'), [twice])])
  const tests = (fault: string): readonly string[] =>
    cells.filter((cell) => cell.fault === fault && cell.nth === 1).map((cell) => cell.test.name)
  expect(tests('lost before publish')).toEqual(['a', 'b', 'both'])
})

it('says of what a subscription brings in each run not that it is asked once', () => {
  const bytes = { headers: '', body: Buffer.from('{}'), size: 2 }
  const message = { type: 'message', subject: 'orders.created', ...bytes } as const
  const both: Script = (t) => t.http('GET /v1/rates').subscribe('orders.>', [{ from: 'service', ms: 1, message }])
  const first = observed((t) => (both(t), t.http('GET /v1/config')), { struck: 0 })
  const again = observed(both, { struck: 0 })
  expect(askedOnce([makeBaseline(test, [first, again, again])])).toMatchObject([{ operation: 'GET /v1/config' }])
})

it('has the cells of tests in the same order, whichever file has come to its end first', () => {
  const baselines = ['a', 'b', 'c'].map((name) => {
    const script: Script = (t) => t.http(`POST /v1/${name}`)
    return makeBaseline({ file: `${name}.test.ts`, name }, [observed(script, { struck: 0 })])
  })
  const ids = (some: typeof baselines): readonly string[] => planCells(some).map(({ id }) => id)
  expect(ids(baselines.toReversed())).toEqual(ids(baselines))
})

it('chooses no test for coming back later that does so by chance', () => {
  const publish: Script = (t) => t.publish('orders.created', '{}')
  const named = (name: string): TestRef => ({ ...test, name })
  const once = ['a', 'b'].map((name) => makeBaseline(named(name), [observed(publish, { struck: 0, durationMs: 1 })]))
  const twice = (steps: readonly number[]): ReturnType<typeof observed> =>
    observed((t) => (publish(t), publish(t)), { struck: 0, steps })
  const cells = planCells([...once, makeBaseline(named('racing'), [twice([0.5, 2.5]), twice([1.5, 2.5])])])
  const tests = cells.filter((cell) => cell.fault === 'lost before publish').map((cell) => cell.test.name)
  expect(tests).toEqual(['a', 'b'])
})

it('gives a page again and again in a test that has pages, however many others are faster', () => {
  const list: Script = (t) => t.http('GET /v1/charges')
  const one = ['a', 'b'].map((name) => makeBaseline({ ...test, name }, [observed(list, { struck: 0, durationMs: 1 })]))
  const page: Script = (t) => t.http('GET /v1/charges', { query: '?page=2' })
  const pages = observed((t) => (list(t), page(t)), { struck: 0 })
  const cells = planCells([...one, makeBaseline({ ...test, name: 'pages' }, [pages])])
  const tests = cells.filter((cell) => cell.fault === 'repeated page').map((cell) => cell.test.name)
  expect(tests).toEqual(['pages'])
})

it('tells a COMMIT by its own transaction and other boundaries, whatever other sessions do meanwhile', () => {
  const contextOf = (meanwhile: Script): string | undefined => {
    const script: Script = (t) =>
      t.transaction(() => (t.sql('INSERT INTO orders (id) VALUES ($1)', { on: 1 }), meanwhile(t)), { on: 1 })
    const classes = classesOf(makeBaseline(test, [observed(script, { struck: 0 })]))
    return classes.find(({ operation }) => operation === 'COMMIT')?.context
  }
  const alone = contextOf(() => {})
  expect(alone).toContain('INSERT orders')
  expect(contextOf((t) => t.sql('INSERT INTO shipments (id) VALUES ($1)', { on: 2 }))).toBe(alone)
  expect(contextOf((t) => t.http('POST /v1/charges'))).toContain('POST /v1/charges')
})

it('aims at the first exchange that a fault can strike', () => {
  const ask: Script = (t) => t.http('GET /v1/charges')
  const withToken: Script = (t) => t.http('GET /v1/charges', { headers: [['Authorization', 'Bearer 1']] })
  expect(aimsAt('401', 'GET /v1/charges', (t) => (ask(t), withToken(t), withToken(t)))).toEqual([2])
  expect(aimsAt('401', 'GET /v1/charges', (t) => (withToken(t), ask(t)))).toEqual([1])
  expect(aimsAt('401', 'GET /v1/charges', ask)).toEqual([])
  const read =
    (rows: number): Script =>
    (t) =>
      t.sql('SELECT name FROM orders', { rows })
  expect(aimsAt('null columns', 'SELECT orders', (t) => (read(0)(t), read(2)(t)))).toEqual([2])
  expect(aimsAt('null columns', 'SELECT orders', read(0))).toEqual([])
  const insert: Script = (t) => t.sql('INSERT INTO orders (id) VALUES ($1)')
  expect(aimsAt('no rows', 'SELECT orders', (t) => (read(1)(t), insert(t), read(1)(t)))).toEqual([2])
})

it('aims at the first and the last of those effects that a fault can strike', () => {
  const answered =
    (answer: string): Script =>
    (t) =>
      t.http('POST /v1/charges', { answer })
  const script: Script = (t) => ['', '{}', '{}', '{}', ''].map((answer) => answered(answer)(t))
  expect(aimsAt('truncated body', 'POST /v1/charges', script)).toEqual([2, 4])
  expect(aimsAt('503', 'POST /v1/charges', script)).toEqual([1, 5])
})

it('refuses credentials wherever a request carries them', () => {
  const struck = (how: Parameters<Parameters<Script>[0]['http']>[1]): boolean =>
    aimsAt('401', 'GET /v1/charges', (t) => t.http('GET /v1/charges', how)).length > 0
  expect(struck({ headers: [['Cookie', 'theme=dark; session_id=1']] })).toBe(true)
  expect(struck({ headers: [['Cookie', 'theme=dark']] })).toBe(false)
  expect(struck({ query: '?page=2&api_key=1' })).toBe(true)
  expect(struck({ query: '?page=2&page_token=1' })).toBe(false)
})

it('fails a COMMIT with 40001, and a read only where its transaction sees one state all along', () => {
  const readIn =
    (...before: readonly string[]): Script =>
    (t) => {
      for (const text of before) t.sql(text)
      t.sql('SELECT name FROM orders')
      t.sql('INSERT INTO orders (id) VALUES ($1)')
      t.sql('COMMIT')
    }
  const operations = (script: Script): readonly string[] =>
    planCells([makeBaseline(test, [observed(script, { struck: 0 })])], { fault: 'sqlstate 40001' })
      .map(({ operation }) => operation)
      .toSorted()
  expect(operations(readIn('BEGIN'))).toEqual(['COMMIT', 'INSERT orders'])
  const all = ['COMMIT', 'INSERT orders', 'SELECT orders']
  expect(operations(readIn('BEGIN ISOLATION LEVEL SERIALIZABLE'))).toEqual(all)
  expect(operations(readIn('BEGIN', 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ'))).toEqual(all)
})

it('cancels writes after too long a time as well, in one test', () => {
  const insert: Script = (t) => t.sql('INSERT INTO orders (id) VALUES ($1)')
  const named = (name: string): TestRef => ({ ...test, name })
  const two = ['a', 'b'].map((name) => makeBaseline(named(name), [observed(insert, { struck: 0 })]))
  expect(planCells(two, { fault: 'sqlstate 57014' }).map((cell) => cell.operation)).toEqual(['INSERT orders'])
})

it('loses the body of an answer also where something was changed', () => {
  const ask = (answer: string): Script => {
    return (t) => t.http('POST /v1/charges', { answer })
  }
  expect(aimsAt('reset mid body', 'POST /v1/charges', ask('{}'))).toEqual([1])
  expect(aimsAt('reset mid body', 'POST /v1/charges', ask(''))).toEqual([])
})

it('takes a broker down for what the program publishes, and not for what a test sets up by itself', () => {
  const publish: Script = (t) => (t.publish('orders.created', '{}'), t.publish('orders.paid', '{}'))
  const downAt = (...asks: readonly { readonly place: number; readonly site?: string }[]): readonly string[] => {
    const run = { ...observed(publish, { struck: 0 }), asks } as unknown as ReturnType<typeof observed>
    return planCells([makeBaseline(test, [run])], { fault: 'broker down' }).map(({ operation }) => operation)
  }
  expect(downAt({ place: 1, site: 'src/pay.ts:3' })).toEqual(['PUBLISH orders.paid'])
  // Where no lines are known at all, nobody can tell.
  expect(downAt()).toEqual(['PUBLISH orders.created', 'PUBLISH orders.paid'])
})
