import { chmodSync, readdirSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findPrograms } from '../../src/services/find-program.ts'
import { type Project, type Ran, repository } from '../support/project.ts'
import { matrixProject } from './matrix-project.ts'

const [server] = findPrograms({ names: ['redis-server'], env: process.env })
if (server === undefined) console.warn('SKIPPED: what starts beside servers, because there is no redis-server')

/** A client that waits as long as it is told to. */
const client = `import { connect } from 'node:net'
export const ping = (url, ms) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname, () => socket.write('PING\\r\\n'))
  const timer = setTimeout(() => { socket.destroy(); reject(new Error('no answer')) }, ms)
  socket.once('error', reject).once('data', (answer) => { clearTimeout(timer); socket.end(); resolve(String(answer).trim()) })
})`

const asking = `export const ask = (path, init) => fetch(process.env.GATEWAY + path, { ...init, signal: AbortSignal.timeout(6000) })`

/** What is written down while it runs, in files of which no test is thought to depend. */
const notes = { hold: 'hold.log', read: 'read.log', fail: 'fail.log', taken: 'taken.log', setup: 'setup.log' }

/** A server that does not begin before the config of vitest has been read, or fails, when it is told so. */
const slowServer = (directory: string): string => `#!/bin/sh
case "$1" in --version) exec ${server} --version;; esac
[ -f ${join(directory, notes.fail)} ] && { echo 'this server does not start'; exit 1; }
if [ -f ${join(directory, notes.hold)} ]; then
  until [ -f ${join(directory, notes.read)} ]; do sleep 0.05; done
  sleep 4
fi
rm ${join(directory, notes.taken)} 2>/dev/null && { echo 'Address already in use'; exit 1; }
exec ${server} "$@"
`

function slowProject(after: (close: () => void) => void, config: string): Project {
  const made = matrixProject({
    after,
    boundaries: 'cache: redis({}),',
    files: {
      'ask.mjs': asking,
      'ping.mjs': client,
      'vitest.config.mjs': `import { writeFileSync } from 'node:fs'
import { mortar } from 'mortar/vitest'
import { ping } from './ping.mjs'
const address = process.env.REDIS_URL
writeFileSync('${notes.read}', address)
${config}
export default { plugins: [mortar()], test: { globalSetup: ['./gateway.mjs', './setup.mjs'], testTimeout: 8000, env: { ADDRESS: address } } }`,
      'setup.mjs': `import { appendFileSync, readFileSync } from 'node:fs'
import { ping } from './ping.mjs'
export async function setup() {
  const isSame = readFileSync('${notes.read}', 'utf8') === process.env.REDIS_URL
  appendFileSync('${notes.setup}', (await ping(process.env.REDIS_URL, 3000)) + ' ' + isSame + '\\n')
}`,
      'rates.test.mjs': `import { expect, test } from 'vitest'
import { ask } from './ask.mjs'
import { ping } from './ping.mjs'
test('rates', async () => {
  expect(process.env.ADDRESS).toMatch(/^redis:/)
  expect(await ping(process.env.REDIS_URL, 4000)).toBe('+PONG')
  const response = await ask('/v1/rates')
  if (response.ok) expect(await response.json()).toHaveProperty('currency')
})`,
    },
  })
  made.write('bin/redis-server', slowServer(made.directory))
  chmodSync(join(made.directory, 'bin/redis-server'), 0o755)
  return made
}

/** With that server. */
function run(made: Project, ...args: readonly string[]): Promise<Ran> {
  const path = [join(made.directory, 'bin'), join(repository, 'node_modules/.bin'), process.env['PATH']]
  const narrow = ['--baseline', '2', '--fault', 'reset before', '--boundary', 'gateway', '--json']
  return made.mortar(['matrix', ...narrow, ...args], { env: { PATH: path.join(delimiter) } })
}

/** Behind a change, and with servers that wait for the config of vitest to be read. */
function runSlowly(made: Project): Promise<Ran> {
  made.write('ask.mjs', asking.replace('6000', '6001'))
  made.write(notes.hold, '')
  for (const note of [notes.read, notes.setup]) rmSync(join(made.directory, note))
  return run(made)
}

/** Logs of the processes of the runner that the last matrix has started. */
function processLogs(made: Project): readonly string[] {
  const folder = join(made.directory, '.mortar', 'matrix')
  const last = readdirSync(folder)
    .filter((name) => /^\d/.test(name))
    .toSorted()
    .at(-1)!
  const logs = readdirSync(join(folder, last)).filter((name) => /^process-\d+\.log$/.test(name))
  return logs.map((name) => join('.mortar/matrix', last, name))
}

function started(made: Project): number {
  return processLogs(made).length
}

/** What they have printed, to see why there were more than one. */
function logsOf(made: Project): string {
  return processLogs(made)
    .map((name) => `${name}:\n${made.read(name)}\n`)
    .join('')
}

function shown({ stdout, stderr }: Ran): unknown {
  if (!stdout.startsWith('{')) throw new Error(stdout + stderr)
  const { cells, tests } = JSON.parse(stdout) as { cells: { fault: string; verdict: string }[]; tests: unknown }
  return { tests, cells: cells.map(({ fault, verdict }) => `${fault} ${verdict}`) }
}

describe.skipIf(server === undefined).concurrent('behind a change, while servers start', () => {
  it('vitest starts too, with their addresses, and sets up nothing before they answer', async ({
    onTestFinished: after,
  }) => {
    const made = slowProject(after, '')
    const first = await run(made)
    expect(shown(first)).toMatchObject({ tests: { stable: 1 } })
    const second = await runSlowly(made)
    expect(shown(second)).toEqual(shown(first))
    expect(made.read(notes.setup)).toBe('+PONG true\n')
    expect(started(made), logsOf(made) + second.stderr).toBe(1)
  }, 120_000)

  it('vitest starts again where a server had to take another port', async ({ onTestFinished: after }) => {
    const made = slowProject(after, '')
    const first = await run(made)
    made.write(notes.taken, '')
    expect(shown(await runSlowly(made))).toEqual(shown(first))
    expect(made.has(notes.taken)).toBe(false)
    expect(started(made)).toBeGreaterThan(1)
    expect(new Set(made.read(notes.setup).trim().split('\n'))).toEqual(new Set(['+PONG true']))
  }, 120_000)

  it('whoever connects to one waits for it, and one that cannot start is named as ever', async ({
    onTestFinished: after,
  }) => {
    const made = slowProject(after, 'await ping(address, 20_000)')
    const first = await run(made)
    const second = await runSlowly(made)
    expect(shown(second)).toEqual(shown(first))
    expect(started(made), logsOf(made) + second.stderr).toBe(1)
    made.write(notes.fail, '')
    made.write('ask.mjs', asking.replace('6000', '6003'))
    const [behind, anew] = [await run(made), await run(made, '--no-cache')]
    expect(behind.stdout).toContain('this server does not start')
    expect([behind.code, behind.stdout]).toEqual([anew.code, anew.stdout])
  }, 120_000)
})
