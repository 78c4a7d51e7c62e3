import { describe, expect, it } from 'vitest'
import { optionalPackage } from '../support/optional-package.ts'
import { isInstalled } from '../services/providers/support.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const needs = isInstalled('postgres') && optionalPackage('pg') ? describe.concurrent : describe.skip

/** A shop that charges and keeps orders; \`body\` is how. */
const shop = (body: string): string => `import pg from 'pg'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
pool.on('error', () => {})
export const close = () => pool.end()
export const customer = async () => (await pool.query("INSERT INTO customers (name) VALUES ('Ada') RETURNING id")).rows[0].id
const gateway = async (path, key, attempt = 1) => {
  try {
    const response = await fetch(process.env.GATEWAY + path, {
      method: 'POST', body: '{}', headers: { 'idempotency-key': key }, signal: AbortSignal.timeout(6000) })
    if (!response.ok) throw Object.assign(new Error('the gateway answered ' + response.status), { final: response.status < 500 })
    return (await response.json()).id
  } catch (error) {
    if (attempt === 3 || error.final) throw error
    return gateway(path, key, attempt + 1)
  }
}
async function transaction(work) {
  const client = await pool.connect()
  const ignore = () => {}
  client.on('error', ignore)
  let broken
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    broken = error
    await client.query('ROLLBACK').catch(() => {})
    throw error
  } finally { client.off('error', ignore); client.release(broken) }
}
const insert = (db, id, charge) => db.query('INSERT INTO orders (customer, charge) VALUES ($1, $2)', [id, charge])
${body}`

const suite = `import { afterAll, expect, test } from 'vitest'
import { close, customer, order } from './src/shop.mjs'
afterAll(close)
test('an order is charged and kept', async () => {
  const ada = await customer()
  await order(ada)
})`

const files = (body: string): Record<string, string> => ({
  'src/shop.mjs': shop(body),
  'shop.test.mjs': suite,
  'migrations/1.sql': `create table customers (id serial primary key, name text);
create table orders (id serial primary key, customer int, charge text);`,
})
const boundaries = "orders: postgres({ env: 'DATABASE_URL', migrations: 'migrations' })"

needs('an order over a gateway and a database', () => {
  it('that charges before its transaction leaves a charge without an order', async ({ onTestFinished: after }) => {
    const body = `export async function order(customer) {
  const charge = await gateway('/v1/charges', crypto.randomUUID())
  await transaction((db) => insert(db, customer, charge))
}`
    const made = matrixProject({ after, boundaries, packages: ['pg'], files: files(body) })
    const { document, verdicts } = await runMatrix(made)
    expect(verdicts('COMMIT')).toMatchObject({ 'lost before commit': 'inconsistent', 'commit answer lost': 'degraded' })
    expect(verdicts('INSERT orders')).toMatchObject({
      'sqlstate 40001': 'inconsistent',
      'connection lost': 'inconsistent',
    })
    // What the test sets up by itself in a step before is no part of what belongs together.
    expect(Object.values(verdicts('INSERT customers'))).not.toContain('inconsistent')
    expect(Object.values(verdicts('POST /v1/charges')).filter((verdict) => verdict === 'inconsistent')).toEqual([])
    expect(document.findings.map(({ verdict }) => verdict)).toEqual(['inconsistent'])
  })

  it('that gives the money back when it cannot be kept is found nothing wrong with', async ({
    onTestFinished: after,
  }) => {
    const body = `export async function order(customer) {
  const key = crypto.randomUUID()
  const charge = await gateway('/v1/charges', key)
  try {
    await transaction((db) => insert(db, customer, charge))
  } catch (error) {
    await gateway('/v1/refunds', key)
    throw error
  }
}`
    const made = matrixProject({ after, boundaries, packages: ['pg'], files: files(body) })
    const { ran, document } = await runMatrix(made)
    expect(document.findings).toEqual([])
    expect(ran.code).toBe(0)
  })

  it('that does its transaction again after a lost answer to COMMIT keeps it twice', async ({
    onTestFinished: after,
  }) => {
    const body = `export async function order(customer) {
  for (let attempt = 1; ; attempt++) {
    try { return await transaction((db) => insert(db, customer, 'none')) }
    catch (error) { if (attempt === 3) throw error }
  }
}`
    const made = matrixProject({ after, boundaries, packages: ['pg'], files: files(body) })
    const { document, verdicts } = await runMatrix(made, '--boundary', 'orders')
    expect(verdicts('COMMIT')).toMatchObject({ 'lost before commit': 'handled', 'commit answer lost': 'duplicate' })
    expect(verdicts('INSERT orders')).toMatchObject({ 'sqlstate 40001': 'handled', 'connection lost': 'handled' })
    expect(document.findings.map(({ verdict, operation }) => [verdict, operation])).toEqual([['duplicate', 'COMMIT']])
  })
})
