import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Project } from '../../support/project.ts'
import { journalOf } from '../../support/journal.ts'
import { upstream } from '../../support/upstream.ts'
import { isInstalled } from '../providers/support.ts'
import { ranSuite, type RanSuite, suiteProject } from './suite.ts'

const withRedis = isInstalled('redis')
const withPostgres = isInstalled('postgres')
const needs = it.skipIf(!withRedis)

/** Sources of one suite, which is run once for all; each is followed by the test that looks at what came of it. */
const parts: string[] = []
const tells = (source: string): void => void parts.push(source)

const client = `import { redisFaults, lostConnection } from 'mortar/faults'
import { Redis } from 'ioredis'
const redis = new Redis(process.env.REDIS_URL, { retryStrategy: () => 20 })
redis.on('error', () => {})
afterAll(() => redis.disconnect())
beforeAll(() => redis.ping())
afterEach(() => vi.useRealTimers())
const operations = () => mortarTest.boundary('cache').exchanges().map(({ operation }) => operation)
`

const atTheSameTime = `${client}
const both = Promise.withResolvers()
let there = 0
const meet = () => { if (++there === 2) both.resolve(); return both.promise }
for (const name of ['one', 'other']) test.concurrent(name + ' of two', async ({ expect }) => {
  await meet()
  expect(() => mortarTest.boundary('cache').exchanges()).toThrow('cannot be told apart')
  await meet()
})`

const wrongQuery = `test('asks wrongly', async () => {
  await mortarTest.boundary('orders').row('SELECT statu FROM orders', {}, { withinMs: 60_000 })
})`

const over = (origin: string): string => `test('asks over HTTP', async () => {
  await (await fetch('${origin}/mug')).text()
  expect(mortarTest.boundary('prices').exchanges().map(({ operation }) => operation)).toEqual(['GET /mug'])
})`

let made: Project
let outcomes: Record<string, string>
let again: RanSuite
const closers: (() => unknown)[] = []
const after = (close: () => unknown): void => void closers.unshift(close)

beforeAll(async () => {
  const service = await upstream((_request, response) => response.end('{"price":1200}'), { after })
  made = suiteProject({
    after,
    boundaries: [
      `prices: http({ origin: '${service.origin}' })`,
      ...(withRedis ? ['cache: redis()'] : []),
      ...(withPostgres ? ["orders: postgres({ seed: 'CREATE TABLE orders (status text)' })"] : []),
    ].join(', '),
    packages: ['ioredis'],
    suites: [
      over(service.origin),
      ...(withRedis ? [client + parts.join('\n'), atTheSameTime] : []),
      ...(withPostgres ? [wrongQuery] : []),
    ],
  })
  outcomes = (await ranSuite(made)).outcomes
  await service.close()
  again = await ranSuite(made, ['suite-0'], { REDIS_URL: 'redis://127.0.0.1:1', CI: '' })
}, 90_000)

afterAll(async () => {
  for (const close of closers) await close()
})

tells(`
test('sets a key', async () => { await redis.set('a', '1') })
test('counts', async () => { expect(await redis.incr('b')).toBe(1) })`)
needs('a server is started for the suite, and each exchange is journalled with the test that caused it', () => {
  expect(outcomes).toMatchObject({ 'sets a key': 'passed', counts: 'passed' })
  const asked = journalOf(made).flatMap((event) => (event.t === 'ask' ? [[event.operation, event.test?.name]] : []))
  expect(asked).toContainEqual(['SET a', 'sets a key'])
  expect(asked).toContainEqual(['INCR b', 'counts'])
})

needs('a suite that was given a server which does not answer is told which one it has in its place', () => {
  expect(again.stderr).toContain('mortar: cache: REDIS_URL names 127.0.0.1:1, but connect ECONNREFUSED 127.0.0.1:1')
})

tells(`
test('sees what it asked', async () => { await redis.set('a', '1'); expect(operations()).toContain('SET a') })
test('sees nothing else', async () => { await redis.get('c'); expect(operations()).toEqual(['GET c']) })`)
needs('a test sees what crossed in it, and nothing of the one before', () => {
  expect(outcomes).toMatchObject({ 'sees what it asked': 'passed', 'sees nothing else': 'passed' })
})

tells(`
test('arms a fault', async () => {
  const fault = await mortarTest.boundary('cache').fault(redisFaults.oom())
  await expect(redis.set('a', '1')).rejects.toThrow('OOM')
  expect(fault.struck).toBe(1)
})
test('has none', async () => { expect(await redis.set('a', '2')).toBe('OK') })`)
needs('a fault is in force until its test ends', () => {
  expect(outcomes).toMatchObject({ 'arms a fault': 'passed', 'has none': 'passed' })
})

tells(`
test('strikes nothing', async () => { await mortarTest.boundary('cache').fault(redisFaults.oom(), { operation: 'SET b' }); await redis.set('a', '1') })`)
needs('a test whose fault strikes nothing fails, and says what it waited for and what was asked', () => {
  expect(outcomes['strikes nothing']).toMatch(
    /MORTAR_FAULT_UNREACHED[^]*boundaries\.cache[^]*operation: 'SET b'[^]*SET a/,
  )
})

tells(`
test('is told', async () => {
  void redis.publish('orders', JSON.stringify({ id: 7, lines: [{ sku: 'a' }] }))
  const seen = await mortarTest.boundary('cache').published('orders', { id: 7 })
  expect(seen.body).toEqual({ id: 7, lines: [{ sku: 'a' }] })
})
test('is told another thing', async () => {
  await redis.publish('orders', JSON.stringify({ id: 8 }))
  await mortarTest.boundary('cache').published('orders', { id: 9 }, { withinMs: 60 })
})`)
needs('waiting for a message gives it back, and says what came instead when it does not come', () => {
  expect(outcomes['is told']).toBe('passed')
  expect(outcomes['is told another thing']).toMatch(/MORTAR_NOT_AWAITED[\s\S]*orders \{"id":8\}/)
})

tells(`
test('names another', () => { expect(() => mortarTest.boundary('cash')).toThrow(/no boundary \`cash\`[^]*cache/) })`)
needs('a boundary that the config does not have is an error that names those it has', () => {
  expect(outcomes['names another']).toBe('passed')
})

tells(`
test('loses a connection', async () => {
  const fault = await mortarTest.boundary('cache').fault(lostConnection(), { operation: 'SET a' })
  await redis.set('a', '1').catch(() => {})
  expect(fault.struck).toBe(1)
})`)
needs('a failure that the test has asked for is no warning', () => {
  expect(outcomes['loses a connection']).toBe('passed')
  const warnings = journalOf(made).flatMap((event) => (event.t === 'warning' ? [event.code] : []))
  expect(warnings).not.toContain('MORTAR_UPSTREAM_RESET')
})

needs('tests that run at the same time are told that they cannot be told apart', () => {
  expect(outcomes).toMatchObject({ 'one of two': 'passed', 'other of two': 'passed' })
})

it('what was replayed has crossed as well', () => {
  expect([outcomes['asks over HTTP'], again.outcomes]).toEqual(['passed', { 'asks over HTTP': 'passed' }])
})

it.skipIf(!withPostgres)('a wrong query is told at once, in the words of PostgreSQL', () => {
  expect(outcomes['asks wrongly']).toMatch(/MORTAR_USAGE[^]*column "statu" does not exist[^]*orders\.status/)
})

tells(`
const soon = { withinMs: 60 }
test('stops the clock', async () => {
  vi.useFakeTimers()
  await expect(eventually(() => false, soon)).rejects.toThrow('MORTAR_NOT_AWAITED')
})
test('stops the clock and asks', async () => {
  vi.useFakeTimers()
  await redis.set('a', '1')
  await expect(mortarTest.boundary('cache').published('orders', undefined, soon)).rejects.toThrow('MORTAR_NOT_AWAITED')
})`)
needs('what is waited for in vain ends in time, also where a test has stopped the clock', () => {
  expect(outcomes).toMatchObject({ 'stops the clock': 'passed', 'stops the clock and asks': 'passed' })
})
