import { expect, it } from 'vitest'
import type { Project } from '../../support/project.ts'
import { journalOf } from '../../support/journal.ts'
import { upstream } from '../../support/upstream.ts'
import { isInstalled } from '../providers/support.ts'
import { runSuite, suiteProject } from './suite.ts'

const needs = isInstalled('redis') ? it : it.skip

function suite(tests: string): Project {
  return suiteProject({
    boundaries: 'cache: redis()',
    packages: ['ioredis'],
    suites: [
      `import { Redis } from 'ioredis'
const redis = new Redis(process.env.REDIS_URL, { retryStrategy: () => 20 })
redis.on('error', () => {})
afterAll(() => redis.disconnect())
${tests}`,
    ],
  })
}

needs('a server is started for the suite, and each exchange is journalled with the test that caused it', async () => {
  const made = suite(`
test('first', async () => { await redis.set('a', '1') })
test('second', async () => { expect(await redis.incr('b')).toBe(1) })`)
  const outcomes = await runSuite(made)
  expect(outcomes).toEqual({ first: 'passed', second: 'passed' })
  const asked = journalOf(made).flatMap((event) => (event.t === 'ask' ? [[event.operation, event.test?.name]] : []))
  expect(asked).toContainEqual(['SET a', 'first'])
  expect(asked).toContainEqual(['INCR b', 'second'])
})

needs('a suite that was given a server which does not answer is told which one it has in its place', async () => {
  const made = suite(`test('first', async () => { await redis.set('a', '1') })`)
  const env = { REDIS_URL: 'redis://127.0.0.1:1', CI: '' }
  const { stderr, code } = await made.node(['node_modules/vitest/vitest.mjs', 'run'], { env })
  expect(stderr).toContain('mortar: cache: REDIS_URL names 127.0.0.1:1, but connect ECONNREFUSED 127.0.0.1:1')
  expect(code).toBe(0)
})

needs('a test sees what crossed in it, and nothing of the one before', async () => {
  const made = suite(`
const operations = () => mortarTest.boundary('cache').exchanges().map(({ operation }) => operation)
test('first', async () => { await redis.set('a', '1'); expect(operations()).toContain('SET a') })
test('second', async () => { await redis.get('c'); expect(operations()).toEqual(['GET c']) })`)
  expect(await runSuite(made)).toEqual({ first: 'passed', second: 'passed' })
})

needs('a fault is in force until its test ends', async () => {
  const made = suite(`
import { redisFaults } from 'mortar/faults'
test('first', async () => {
  const fault = await mortarTest.boundary('cache').fault(redisFaults.oom())
  await expect(redis.set('a', '1')).rejects.toThrow('OOM')
  expect(fault.struck).toBe(1)
})
test('second', async () => { expect(await redis.set('a', '2')).toBe('OK') })`)
  expect(await runSuite(made)).toEqual({ first: 'passed', second: 'passed' })
})

needs('a test whose fault strikes nothing fails', async () => {
  const made = suite(`
import { redisFaults } from 'mortar/faults'
test('first', async () => { await mortarTest.boundary('cache').fault(redisFaults.oom(), { operation: 'SET b' }); await redis.set('a', '1') })`)
  const outcomes = await runSuite(made)
  expect(outcomes['first']).toContain('MORTAR_FAULT_UNREACHED')
})

needs('waiting for a message gives it back, and says what came instead when it does not come', async () => {
  const made = suite(`
test('first', async () => {
  void redis.publish('orders', JSON.stringify({ id: 7, lines: [{ sku: 'a' }] }))
  const seen = await mortarTest.boundary('cache').published('orders', { id: 7 })
  expect(seen.body).toEqual({ id: 7, lines: [{ sku: 'a' }] })
})
test('second', async () => {
  await redis.publish('orders', JSON.stringify({ id: 8 }))
  await mortarTest.boundary('cache').published('orders', { id: 9 }, { withinMs: 60 })
})`)
  const outcomes = await runSuite(made)
  expect(outcomes['first']).toBe('passed')
  expect(outcomes['second']).toMatch(/MORTAR_NOT_AWAITED[\s\S]*orders \{"id":8\}/)
})

needs('a boundary that the config does not have is an error that names those it has', async () => {
  const made = suite(`
test('first', () => { expect(() => mortarTest.boundary('cash')).toThrow(/no boundary \`cash\`[^]*cache/) })`)
  expect(await runSuite(made)).toEqual({ first: 'passed' })
})

needs('a failure that the test has asked for is no warning', async () => {
  const made = suite(`
import { lostConnection } from 'mortar/faults'
test('first', async () => {
  const fault = await mortarTest.boundary('cache').fault(lostConnection(), { operation: 'SET a' })
  await redis.set('a', '1').catch(() => {})
  expect(fault.struck).toBe(1)
})`)
  expect(await runSuite(made)).toEqual({ first: 'passed' })
  const warnings = journalOf(made).flatMap((event) => (event.t === 'warning' ? [event.code] : []))
  expect(warnings).not.toContain('MORTAR_UPSTREAM_RESET')
})

needs('tests that run at the same time are told that they cannot be told apart', async () => {
  const made = suite(`
const both = Promise.withResolvers()
let there = 0
const meet = () => { if (++there === 2) both.resolve(); return both.promise }
for (const name of ['first', 'second']) test.concurrent(name, async ({ expect }) => {
  await meet()
  expect(() => mortarTest.boundary('cache').exchanges()).toThrow('cannot be told apart')
  await meet()
})`)
  expect(await runSuite(made)).toEqual({ first: 'passed', second: 'passed' })
})

needs('an unreached fault says what it waited for and what was asked', async () => {
  const made = suite(`
import { redisFaults } from 'mortar/faults'
test('first', async () => { await mortarTest.boundary('cache').fault(redisFaults.oom(), { operation: 'SET b' }); await redis.set('a', '1') })`)
  expect((await runSuite(made))['first']).toMatch(/boundaries\.cache[^]*operation: 'SET b'[^]*SET a/)
})

it('what was replayed has crossed as well', async () => {
  const service = await upstream((_request, response) => response.end('{"price":1200}'))
  const made = suiteProject({
    boundaries: `prices: { protocol: 'http', origin: '${service.origin}' }`,
    suites: [
      `test('first', async () => {
  await (await fetch('${service.origin}/mug')).text()
  expect(mortarTest.boundary('prices').exchanges().map(({ operation }) => operation)).toEqual(['GET /mug'])
})`,
    ],
  })
  expect(await runSuite(made)).toEqual({ first: 'passed' })
  await service.close()
  expect(await runSuite(made)).toEqual({ first: 'passed' })
})

it.skipIf(!isInstalled('postgres'))('a wrong query is told at once, in the words of PostgreSQL', async () => {
  const made = suiteProject({
    boundaries: "orders: postgres({ seed: 'CREATE TABLE orders (status text)' })",
    suites: [
      `test('first', async () => { await mortarTest.boundary('orders').row('SELECT statu FROM orders', {}, { withinMs: 60_000 }) })`,
    ],
  })
  expect((await runSuite(made))['first']).toMatch(/MORTAR_USAGE[^]*column "statu" does not exist[^]*orders\.status/)
})

needs('what is waited for in vain ends in time, also where a test has stopped the clock', async () => {
  const made = suite(`
import { afterEach, vi } from 'vitest'
beforeAll(() => redis.ping())
afterEach(() => vi.useRealTimers())
const soon = { withinMs: 60 }
test('first', async () => {
  vi.useFakeTimers()
  await expect(eventually(() => false, soon)).rejects.toThrow('MORTAR_NOT_AWAITED')
})
test('second', async () => {
  vi.useFakeTimers()
  await redis.set('a', '1')
  await expect(mortarTest.boundary('cache').published('orders', undefined, soon)).rejects.toThrow('MORTAR_NOT_AWAITED')
})`)
  expect(await runSuite(made)).toEqual({ first: 'passed', second: 'passed' })
})
