import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { optionalPackage } from '../support/optional-package.ts'
import { project, repository } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

const mariadb = ['/usr/sbin/mariadbd', '/usr/sbin/mysqld'].some((path) => existsSync(path)) && optionalPackage('mysql2')
if (!mariadb) console.warn('SKIPPED: MariaDB or mysql2 is not installed, so what its timeline shows was not looked at')

const program = `import mysql from 'mysql2/promise'
const pool = mysql.createPool(process.env.MYSQL_URL)
await pool.query('CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(80))')
await pool.query('CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT)')
await pool.query('INSERT INTO customers VALUES (1, "a"), (2, "b"), (3, "c"), (4, "d")')
await pool.query('INSERT INTO orders VALUES (11, 1), (12, 2), (13, 3), (14, 4)')
const [orders] = await pool.query('SELECT * FROM orders')
for (const { customer_id } of orders) await pool.execute('SELECT email FROM customers WHERE id = ?', [customer_id])
const client = await pool.getConnection()
await client.query('START TRANSACTION')
await client.query('UPDATE customers SET email = "e" WHERE id = 1')
await pool.query('SELECT * FROM customers WHERE id = 1')
await client.query('COMMIT')
client.release()
await pool.query('INSERT INTO orders VALUES (11, 1)').finally(() => pool.end())`

it.runIf(mariadb)(
  'a program without tests that fails is told of as one, at MariaDB as anywhere',
  async () => {
    const made = project({
      config: `import { mysql } from 'mortar'\nexport default { boundaries: { orders: mysql({ env: 'MYSQL_URL' }) } }`,
      files: { 'list.mjs': program },
      packages: ['mysql2'],
    })
    const { code, stderr } = await made.mortar(['run', '--', 'node', 'list.mjs'], {
      env: { XDG_CACHE_HOME: made.directory },
    })
    expect(code, stderr).toBe(1)
    expect(stderr).toContain('orders: 4 × SELECT customers, one for each of the 4 rows of SELECT orders')
    expect(stderr).toContain('and does not see what that wrote to customers')
    expect(stderr).toMatch(
      /✗ the test command\n {4}orders · constraint\n {4}INSERT orders was answered by 1062 Duplicate entry/,
    )
    const [, path] = /(\.mortar\/runs\/.*\/timeline\.md)/.exec(stderr)!
    expect(made.read(path!)).toContain('- error: 1062 Duplicate entry')
    const { stdout } = await made.mortar(['timeline'])
    expect(stdout).toMatch(/^○ outside of any test/)
    expect(stdout).toMatch(/4 × SELECT email .*\(N\+1\)/)
    expect(stdout).toMatch(/┌ .*\n.*SELECT.*\n?.*└|┌ BEGIN|┌ START TRANSACTION/)
  },
  120_000,
)

it('keeps no secret in what it keeps of a failed test', async () => {
  const secret = ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_')
  const service = await upstream((_request, response) => {
    response.writeHead(500, { 'content-type': 'application/json', 'set-cookie': 'session=s3cr3t-session-value-77' })
    response.end(JSON.stringify({ message: 'no', access_token: secret }))
  })
  const made = project({
    config: `import { http } from 'mortar'
export default { boundaries: { payments: http({ origin: '${service.origin}', env: 'PAYMENTS_URL', record: 'live' }) } }`,
    files: {
      'pay.mjs': `const answer = await fetch(process.env.PAYMENTS_URL + '/v1/charges', { method: 'POST',
  headers: { authorization: 'Bearer ${secret}', 'content-type': 'application/json' }, body: '{"password":"hunter2hunter2"}' })
process.exit(answer.ok ? 0 : 1)`,
    },
  })
  const { stdout, stderr } = await made.mortar(['run', '--', 'node', 'pay.mjs'])
  expect(stderr).toContain('payments · external-answer')
  const kept = Object.entries(made.files('.mortar/runs')).filter(([path]) => path.includes('/artifacts/'))
  expect(kept.map(([path]) => path.split('/').at(-1)).toSorted()).toEqual([
    '001-request.json',
    '001-response.json',
    'timeline.md',
  ])
  const printed = [stdout, stderr, (await made.mortar(['timeline', '--json'])).stdout, ...kept.map(([, text]) => text)]
  for (const each of printed) expect(each).not.toMatch(/sk_live_4eC39|hunter2|s3cr3t-session/)
})

it('shows nothing, and says so, of a run in which nothing crossed', async () => {
  const made = project({ config: 'export default {}' })
  await made.mortar(['check', '--', 'node', '-e', ''])
  const { code, stdout } = await made.mortar(['timeline'])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^Nothing crossed a boundary in run \S+, and no test is known\.\n$/),
  })
  const of = await made.mortar(['timeline', '--test', 'x'])
  expect(of.code).toBe(2)
  expect(of.stderr).toContain('this run knows no tests')
})

it('shows what can be read of a journal that was damaged', async () => {
  const service = await upstream((_request, response) => response.end('{}'))
  const made = project({
    config: `import { http } from 'mortar'\nexport default { boundaries: { api: http({ origin: '${service.origin}', env: 'API', record: 'live' }) } }`,
  })
  await made.mortar([
    'run',
    '--',
    'node',
    '-e',
    'await fetch(process.env.API + "/a"); await fetch(process.env.API + "/b")',
  ])
  for (const path of Object.keys(made.files('.mortar/runs')).filter((each) => each.endsWith('.ndjson'))) {
    const lines = made
      .read(path)
      .split('\n')
      .map((line) => line.replace('"version":"1.1"', '"version":7'))
    made.write(path, ['{"t":"ask"', ...lines, '\u0000{'].join('\n'))
  }
  const { code, stdout, stderr } = await made.mortar(['timeline'])
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/\/a → 200 OK[^]*\/b → 200 OK/)
})

it('does not look for what broke in a program that was told to stop', async () => {
  const service = await upstream((_request, response) => void response.writeHead(500).end())
  const made = project({
    config: `import { http } from 'mortar'\nexport default { boundaries: { api: http({ origin: '${service.origin}', env: 'API', record: 'live' }) } }`,
    files: { 'serve.mjs': `await fetch(process.env.API + '/a'); console.log('serving'); setInterval(() => {}, 1000)` },
  })
  const running = made.start(process.execPath, [join(repository, 'dist/cli/main.js'), 'run', '--', 'node', 'serve.mjs'])
  await running.said('serving')
  running.kill('SIGTERM')
  const { stderr } = await running.ended
  expect(stderr).not.toContain('What broke')
  expect(Object.keys(made.files('.mortar/runs')).filter((path) => path.includes('/artifacts/'))).toEqual([])
})
