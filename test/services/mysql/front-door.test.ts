import { expect, it } from 'vitest'
import { journalOf } from '../../support/journal.ts'
import { project } from '../../support/project.ts'
import { suiteProject } from '../attached/suite.ts'
import { isInstalled } from '../providers/support.ts'
import { mysql2 } from './support.ts'

const needs = it.skipIf(!isInstalled('mysql') || !mysql2)

const files = {
  'migrations/1.sql': 'CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40), data JSON)',
  'program.mjs': `import mysql from 'mysql2/promise'
const pool = mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: 2 })
const [{ insertId }] = await pool.execute('INSERT INTO orders (name, data) VALUES (?, ?)', ['pears', '{"a":1}'])
const client = await pool.getConnection()
await client.beginTransaction()
await client.query('UPDATE orders SET name = ? WHERE id = ?', ['plums', insertId])
await client.commit()
client.release()
const failed = await pool.query("INSERT INTO orders (id) VALUES (1)").catch(({ errno }) => errno)
const [rows] = await pool.execute('SELECT * FROM orders WHERE id = ?', [insertId])
console.log(JSON.stringify([insertId, failed, rows]))
await pool.end()`,
}
const printed = `[1,1062,[{"id":1,"name":"plums","data":{"a":1}}]]\n`

needs('a program runs on a schema of its own, is recorded, and runs again without any server', async () => {
  const configOf = (more: string): string => `import { mysql } from 'mortar'
export default { boundaries: { orders: mysql({ migrations: 'migrations'${more} }) } }`
  const live = project({ config: configOf(''), files, packages: ['mysql2'] })
  for (const _again of [1, 2]) {
    const ran = await live.mortar(['run', '--', 'node', 'program.mjs'])
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: printed })
  }
  const made = project({ config: configOf(", record: 'none'"), files, packages: ['mysql2'] })
  const recorded = await made.mortar(['record', '--', 'node', 'program.mjs'])
  expect(recorded, recorded.stdout + recorded.stderr).toMatchObject({ code: 0 })
  const replayed = await made.mortar(['run', '--', 'node', 'program.mjs'])
  expect(replayed, replayed.stderr).toMatchObject({ code: 0, stdout: printed })
  expect(replayed.stderr).not.toContain('ready in')
})

needs('a test arms a fault, waits for a row, and is told of a transaction that it left open', async () => {
  const suite = `import mysql from 'mysql2/promise'
import { lostAnswer, mysqlFaults, sqlstate } from 'mortar/faults'
const pool = mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: 3 })
afterAll(() => pool.end())
const insert = () => pool.execute('INSERT INTO orders (name) VALUES (?)', ['x'])
test('deadlock', async () => {
  const orders = mortarTest.boundary('orders')
  const fault = await orders.fault(mysqlFaults.deadlock(), { operation: 'INSERT orders' })
  await expect(insert()).rejects.toMatchObject({ errno: 1213 })
  await insert()
  expect(await orders.row('SELECT id, name FROM orders', { name: 'x' })).toMatchObject({ id: 1 })
})
test('sqlstate', async () => {
  await mortarTest.boundary('orders').fault(sqlstate('55P03'), { operation: 'INSERT orders', nth: 2 })
  await insert()
  await expect(insert()).rejects.toMatchObject({ errno: 1205 })
})
test('open', async () => {
  const client = await pool.getConnection()
  await client.beginTransaction()
  await client.query("INSERT INTO orders (name) VALUES ('left')")
})
test('after', async () => {
  expect((await pool.query('SELECT COUNT(*) AS n FROM orders'))[0]).toEqual([{ n: 0 }])
})`
  const made = suiteProject({
    boundaries: "orders: mysql({ migrations: 'migrations' })",
    packages: ['mysql2'],
    suites: [suite],
    files,
  })
  const ran = await made.node(['node_modules/vitest/vitest.mjs', 'run'])
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 })
  const warnings = journalOf(made).flatMap((event) => (event.t === 'warning' ? [event.message] : []))
  const left = "a connection in a transaction: INSERT INTO orders (name) VALUES ('left')"
  expect(warnings).toEqual([`orders: "open" left behind ${left}`])
})
