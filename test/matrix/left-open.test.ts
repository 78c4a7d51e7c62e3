import { expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { missing } from '../support/missing-servers.ts'
import { project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const ask = `export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
export async function ask(what) {
  const response = await fetch(process.env.GATEWAY + '/' + what)
  if (!response.ok) throw new Error('no ' + what)
}
`

/** By operation: the verdict, with the line where a leak was found. */
function shown({ cells, findings }: MatrixDocument): Record<string, string> {
  return Object.fromEntries(
    cells.map(({ id, operation, verdict, oracle, evidence }) => {
      const isTold = findings.some((finding) => finding.cells.includes(id))
      return [operation, [verdict, oracle, ...(isTold ? evidence : [])].filter(Boolean).join(' ')]
    }),
  )
}

const timers = `import { ask, pause } from './ask.mjs'
const beat = () => {}
export async function forgotten() {
  const timer = setInterval(beat, 100)
  await ask('forgotten')
  clearInterval(timer)
}
export async function stopped() {
  const timer = setInterval(beat, 100)
  try {
    await ask('stopped')
  } finally {
    clearInterval(timer)
  }
}
export async function unimportant() {
  const timer = setInterval(beat, 100).unref()
  await ask('unimportant')
  clearInterval(timer)
}
export async function later() {
  const timer = setInterval(beat, 100)
  const work = ask('later').catch(() => pause(5000).then(() => ask('later')))
  void work.finally(() => clearInterval(timer)).catch(() => {})
  await pause(20)
}
let cleaner
export async function cached() {
  cleaner ??= setInterval(beat, 60_000)
  await ask('cached')
}
export function worker() {
  const timer = setInterval(beat, 100)
  return { work: () => ask('worker'), close: () => clearInterval(timer) }
}
`

it('a timer that only a failure leaves running is a leak, and one that is stopped, unimportant or there anyway is none', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    files: {
      'ask.mjs': ask,
      'timers.mjs': timers,
      'timers.test.mjs': `import { test } from 'vitest'
import * as timers from './timers.mjs'
test('forgotten', async () => { await timers.forgotten() })
test('stopped', async () => { await timers.stopped() })
test('unimportant', async () => { await timers.unimportant() })
test('later', async () => { await timers.later() })
test('cached', async () => { await timers.cached() })
test('a worker that the test closes', async () => {
  const worker = timers.worker()
  await worker.work()
  worker.close()
})`,
    },
  })
  const { document } = await runMatrix(made, '--fault', '503')
  expect(shown(document)).toEqual({
    'GET /forgotten': 'leak O8 a timer that nobody stops, taken at timers.mjs:4',
    'GET /stopped': 'degraded',
    'GET /unimportant': 'degraded',
    'GET /later': 'handled',
    'GET /cached': 'degraded',
    'GET /worker': 'degraded',
  })
  expect(document.findings).toMatchObject([{ site: 'timers.mjs:4' }])
  expect(document.cells.find(({ operation }) => operation === 'GET /forgotten')).toMatchObject({ confirmed: true })
})

const connections = `import http from 'node:http'
import net from 'node:net'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { ask } from './ask.mjs'
const { port } = await new Promise((resolve) => {
  const server = net.createServer((one) => one.on('error', () => {}).resume()).unref()
  server.listen(0, '127.0.0.1', () => resolve(server.address()))
})
async function open() {
  const socket = net.connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  return socket
}
export async function line() {
  const socket = net.connect(port, '127.0.0.1').on('error', () => {})
  await ask('line')
  socket.end()
}
export async function closed() {
  const socket = await open()
  try {
    await ask('closed')
  } finally {
    socket.end()
  }
}
export async function lost() {
  const socket = await open()
  await ask('lost').catch(() => socket.unref())
  socket.end()
}
let shared
export async function singleton() {
  shared ??= await open()
  await ask('singleton')
}
const agent = new http.Agent({ keepAlive: true })
const get = (what, onRefused) =>
  new Promise((resolve, reject) => {
    http.get(process.env.GATEWAY + '/' + what, { agent }, (response) => {
      if (response.statusCode === 200) return response.resume().on('end', resolve)
      onRefused(response)
      reject(new Error('no ' + what))
    }).on('error', reject)
  })
export const unread = () => get('unread', () => {})
export const resumed = () => get('resumed', (response) => response.resume())
export const thrownAway = () => get('thrown-away', (response) => response.destroy())
export const drained = () =>
  new Promise((resolve, reject) => {
    http.get(process.env.GATEWAY + '/drained', { agent }, (response) => {
      if (response.statusCode !== 200) return reject(new Error('no'))
      resolve(response.resume())
    }).on('error', reject)
  })
export async function feed(url) {
  const feed = new WebSocket(url)
  await once(feed, 'open')
  await ask('feed')
  feed.close()
}
`

it('a connection that only a failure leaves open is a leak, and so is an answer that nobody reads', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    packages: ['ws'],
    files: {
      'ask.mjs': ask,
      'connections.mjs': connections,
      'connections.test.mjs': `import { afterAll, test } from 'vitest'
import { WebSocketServer } from 'ws'
import * as connections from './connections.mjs'
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
afterAll(() => server.close())
test('line', async () => { await connections.line() })
test('closed', async () => { await connections.closed() })
test('lost', async () => { await connections.lost() })
test('singleton', async () => { await connections.singleton() })
test('unread', async () => { await connections.unread() })
test('resumed', async () => { await connections.resumed() })
test('thrown away', async () => { await connections.thrownAway() })
test('drained', async () => { await connections.drained() })
test('feed', async () => { await connections.feed('ws://127.0.0.1:' + server.address().port) })`,
    },
  })
  const { document } = await runMatrix(made, '--fault', '503')
  expect(shown(document)).toEqual({
    'GET /line': 'leak O8 a connection that nobody closes, taken at connections.mjs:16',
    'GET /closed': 'degraded',
    'GET /lost': 'handled',
    'GET /singleton': 'degraded',
    'GET /unread': 'leak O8 the connection of a request whose answer nobody reads, taken at connections.mjs:41',
    'GET /drained': 'leak O8 the connection of a request whose answer nobody reads, taken at connections.mjs:52',
    'GET /resumed': 'degraded',
    'GET /thrown-away': 'degraded',
    'GET /feed': 'leak O8 a connection that nobody closes, taken at connections.mjs:58',
  })
})

const pools = `import mysql from 'mysql2/promise'
import pg from 'pg'
import { ask, pause } from './ask.mjs'
const orders = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 })
const stock = mysql.createPool({ uri: process.env.STOCK_URL, connectionLimit: 20 })
export async function kept() {
  const client = await orders.connect()
  await client.query('SELECT 1')
  await ask('kept')
  client.release()
}
export async function begun() {
  const client = await orders.connect()
  await client.query('BEGIN')
  await ask('begun')
  await client.query('COMMIT')
  client.release()
}
export const called = () => new Promise((resolve, reject) => {
  orders.connect((error, client, done) => {
    ask('called').then(() => resolve(done()), reject)
  })
})
export async function given() {
  const client = await orders.connect()
  try {
    await client.query('SELECT 1')
    await ask('given')
  } finally {
    client.release()
  }
}
export async function lent() {
  await orders.query('SELECT 1')
  const client = await orders.connect()
  void ask('lent').catch(() => pause(3000)).finally(() => client.release())
  await pause(20)
}
export async function unit() {
  const client = await orders.connect()
  return { save: () => ask('unit'), close: () => client.release() }
}
export async function stocked() {
  const client = await stock.getConnection()
  await client.query('SELECT 1')
  await ask('stocked')
  client.release()
}
export async function counted() {
  const client = await stock.getConnection()
  try {
    await ask('counted')
    client.release()
  } catch (error) {
    client.destroy()
    throw error
  }
}
export const within = async (work) => { await work(orders) }
export const close = () => { orders.end(); stock.end().catch(() => {}) }
`

it.skipIf(missing('clients of pools', 'postgres', 'mariadb'))(
  'a client of a pool that only a failure keeps is a leak at the line that took it, and none that is given back later, by the test or by its end',
  async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: `db: postgres({ env: 'DATABASE_URL', migrations: 'db' }), stock: mysql({ env: 'STOCK_URL', migrations: 'stock' })`,
      packages: ['pg', 'mysql2'],
      files: {
        'db/1.sql': 'CREATE TABLE orders (id int)',
        'stock/1.sql': 'CREATE TABLE stock (id int)',
        'ask.mjs': ask,
        'pools.mjs': pools,
        'pools.test.mjs': `import { afterAll, test } from 'vitest'
import { ask } from './ask.mjs'
import * as pools from './pools.mjs'
afterAll(pools.close)
test('kept', async () => { await pools.kept() })
test('begun', async () => { await pools.begun() })
test('called', async () => { await pools.called() })
test('given', async () => { await pools.given() })
test('lent', async () => { await pools.lent() })
test('a unit of work that the test closes', async () => {
  const unit = await pools.unit()
  await unit.save()
  unit.close()
})
test('a client that the test takes', async () => {
  await pools.within(async (orders) => {
    const client = await orders.connect()
    await ask('taken')
    client.release()
  })
})
test('stocked', async () => { await pools.stocked() })
test('counted', async () => { await pools.counted() })`,
      },
    })
    const { document } = await runMatrix(made, '--boundary', 'gateway', '--fault', '503')
    const leak = (line: number): string =>
      `leak O8 a client of its pool that nobody gives back, taken at pools.mjs:${line}`
    expect(shown(document)).toEqual({
      'GET /kept': leak(7),
      'GET /begun':
        'leak O8 a connection in a transaction: BEGIN at db a client of its pool that nobody gives back, taken at pools.mjs:13',
      'GET /called': leak(20),
      'GET /given': 'degraded',
      'GET /lent': 'handled',
      'GET /unit': 'degraded',
      'GET /taken': 'degraded',
      'GET /stocked': leak(44),
      'GET /counted': 'degraded',
    })
    expect(document.findings.map(({ site }) => site).toSorted()).toEqual([
      'pools.mjs:13',
      'pools.mjs:20',
      'pools.mjs:44',
      'pools.mjs:7',
    ])
  },
)

it.skipIf(missing('clients of pools under node --test', 'postgres'))(
  'under node --test, which knows no steps, a line of the test stands for one, and timers are not looked at',
  async ({ onTestFinished: after }) => {
    const gateway = await upstream((_, response) => void response.end('{}'), { after })
    const made = project({
      after,
      config: `import { http, postgres } from 'mortar'
process.env.GATEWAY ??= '${gateway.origin}'
export default { boundaries: {
  gateway: http({ origin: '${gateway.origin}', env: 'GATEWAY', record: 'live' }),
  db: postgres({ env: 'DATABASE_URL', migrations: 'db' }) } }`,
      packages: ['pg'],
      files: {
        'db/1.sql': 'CREATE TABLE orders (id int)',
        'ask.mjs': ask,
        'timers.mjs': timers,
        'pools.mjs': pools.slice(0, pools.indexOf('export async function stocked')).replaceAll(/^.*mysql.*$/gm, ''),
        'pools.test.mjs': `import { after } from 'node:test'
import { test } from 'mortar/node-test'
import * as pools from './pools.mjs'
import * as timers from './timers.mjs'
after(() => process.exit())
test('kept', async () => { await pools.kept() })
test('given', async () => { await pools.given() })
test('a unit of work that the test closes', async () => {
  const unit = await pools.unit()
  await unit.save()
  unit.close()
})
test('forgotten', async () => { await timers.forgotten() })`,
      },
    })
    const command = ['node', '--test', 'pools.test.mjs']
    const { document } = await runMatrix(made, '--boundary', 'gateway', '--fault', '503', '--', ...command)
    expect(shown(document)).toEqual({
      'GET /kept': 'leak O8 a client of its pool that nobody gives back, taken at pools.mjs:7',
      'GET /given': 'degraded',
      'GET /unit': 'degraded',
      'GET /forgotten': 'degraded',
    })
  },
)
