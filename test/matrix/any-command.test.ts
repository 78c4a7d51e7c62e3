import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Project, project, repository } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'
import { runMatrix } from './matrix-project.ts'

const has = (...args: string[]): boolean => spawnSync('python3', args).status === 0
const python = has('--version')
const pytest = has('-c', 'import pytest')
if (!pytest) console.warn('SKIPPED: the matrix is not tested over pytest, because it is not installed.')

const conftest =
  /```python\n([^]+?)```/.exec(readFileSync(join(repository, 'docs/other-languages.md'), 'utf8'))?.[1] ?? ''

/** Charges a card; tries three times. */
const billing = (headers: string): string => `import os, urllib.request, uuid
def charge():
    key = str(uuid.uuid4())
    for attempt in range(3):
        try:
            request = urllib.request.Request(os.environ["GATEWAY"] + "/v1/charges", b"{}", ${headers}, method="POST")
            return urllib.request.urlopen(request, timeout=3).read().decode()
        except OSError as error:
            if attempt == 2 or getattr(error, "code", 503) < 500: raise
`

async function shop(
  files: Record<string, string>,
  after: (close: () => void) => void,
  config = '',
  boundaries = '',
  record = "record: 'live'",
): Promise<Project> {
  const gateway = await upstream(
    (request, response) => void request.resume().on('end', () => response.writeHead(201).end('{"id":"ch_1"}')),
    { after: after as never },
  )
  return project({
    after,
    config: `import { http, postgres } from 'mortar'
export default { ${config} boundaries: {
  gateway: http({ origin: '${gateway.origin}', env: 'GATEWAY', ${record} }), ${boundaries} } }`,
    files,
    packages: ['pg'],
  })
}

describe.concurrent('a command that is not vitest', () => {
  it.skipIf(!python)('is run once for each fault, and judged as a whole', async ({ onTestFinished: after }) => {
    const main = 'from billing import charge\nassert "ch_1" in charge()\n'
    const made = await shop({ 'billing.py': billing('{}'), 'main.py': main }, after)
    const { ran, document, verdicts } = await runMatrix(made, '--', 'python3', 'main.py')
    expect(verdicts('POST /v1/charges')).toMatchObject({
      'reply lost': 'duplicate',
      '504 though done': 'duplicate',
      'reset before': 'handled',
      '503': 'handled',
      '503 always': 'degraded',
      'truncated body': 'noticed',
    })
    expect(ran.code).toBe(1)
    const [finding] = document.findings
    expect(finding).toMatchObject({ verdict: 'duplicate', test: { file: '', name: 'python3 main.py' } })
    expect(finding?.reproduce).toBe(`npx mortar matrix --cell ${finding?.cells[0]} -- python3 main.py`)
    const again = await runMatrix(made, '--cell', finding!.cells[0]!, '--', 'python3', 'main.py')
    expect(again.document.cells).toMatchObject([{ verdict: 'duplicate', confirmed: true }])
  })

  it.skipIf(!python)('is found nothing wrong with when there is nothing', async ({ onTestFinished: after }) => {
    const main = 'from billing import charge\nassert "ch_1" in charge()\n'
    const made = await shop({ 'billing.py': billing('{"Idempotency-Key": key}'), 'main.py': main }, after)
    const { document } = await runMatrix(made, '--', 'python3', 'main.py')
    expect(document.findings).toEqual([])
    expect(document.resilience.of).toBeGreaterThan(6)
  })

  it('whose cells ask what is not recorded is told how a command records that', async ({ onTestFinished: after }) => {
    const ask = (path: string): string =>
      `await fetch(process.env.GATEWAY + '${path}').then((answer) => (answer.ok ? answer.text() : ''))`
    const files = {
      'main.mjs': `if (!${ask('/v1/rates')} && !${ask('/v1/fallback')}) process.exitCode = 1`,
      'fallback.mjs': ask('/v1/fallback'),
    }
    const made = await shop(files, after, '', '', '')
    const matrix = ['matrix', '--baseline', '2', '--fault', '503', '--', 'node', 'main.mjs']
    const unsure = await made.mortar(matrix)
    const said = unsure.stdout.replaceAll('\n', ' ')
    expect(said).toContain('is not recorded (GET /v1/fallback at gateway); record it: `MORTAR_RECORD=new mortar run --')
    expect(said).not.toContain('mortarTest')
    const env = { MORTAR_RECORD: 'new' }
    expect(await made.mortar(['run', '--', 'node', 'fallback.mjs'], { env })).toMatchObject({ code: 0 })
    const { stdout } = await made.mortar(matrix)
    expect(stdout).not.toContain('could not be judged')
    expect(stdout).toContain('1 handled')
    const nothing = await made.mortar(matrix.with(4, 'publish nacked'))
    expect(nothing.stdout).toContain('Nothing was tried')
    expect(nothing.stdout).toContain('leave out what narrows it, such as `--fault`')
  })

  it('that fails keeps nothing of what it asked, so that it is asked again', async ({ onTestFinished: after }) => {
    let isDown = true
    const gateway = await upstream(
      (request, response) => void (isDown ? request.socket.destroy() : response.end('{}')),
      { after: after as never },
    )
    const made = project({
      after,
      config: `import { http } from 'mortar'
export default { boundaries: { gateway: http({ origin: '${gateway.origin}' }) } }`,
      files: { 'rates.mjs': `await fetch('${gateway.origin}/v1/rates')` },
    })
    const matrix = ['--fault', '503', '--', 'node', '--import', 'mortar/register', 'rates.mjs']
    const { document } = await runMatrix(made, ...matrix)
    expect(document.tests.excluded).toMatchObject([{ state: 'failing' }])
    expect(made.has('cassettes')).toBe(false)
    isDown = false
    const again = await runMatrix(made, ...matrix)
    expect(again.document.tests).toMatchObject({ stable: 1, excluded: [] })
    expect(made.has('cassettes/outside-of-tests.json')).toBe(true)
  })

  it('that asks only what is not recorded is told what that is, and what records it', async ({
    onTestFinished: after,
  }) => {
    const asks = (path: string): string => `await fetch(process.env.GATEWAY + '${path}')`
    const made = await shop({ 'rates.mjs': asks('/v1/rates'), 'names.mjs': asks('/v1/names') }, after, '', '', '')
    const matrix = (file: string): string[] => ['matrix', '--fault', '503', '--', 'node', file]
    expect(await made.mortar(matrix('rates.mjs'))).toMatchObject({ stdout: expect.stringContaining('1 cell') })
    const { code, stderr } = await made.mortar(matrix('names.mjs'))
    expect(code).toBe(3)
    expect(stderr).toContain('MORTAR_MATRIX_NO_TESTS  the test command asked only what is not recorded')
    expect(stderr).toMatch(/seen: No recording answers GET http:\S+\/v1\/names\n/)
    expect(stderr).toContain('at boundary gateway, test "node names.mjs", mode once\n')
    expect(stderr).toContain('→ Run `MORTAR_RECORD=new npx mortar run -- node names.mjs`, which records it; or')
    expect(stderr).not.toContain('asked nothing')
    const env = { MORTAR_RECORD: 'new' }
    expect(await made.mortar(['run', '--', 'node', 'names.mjs'], { env })).toMatchObject({ code: 0 })
    expect(await made.mortar(matrix('names.mjs'))).toMatchObject({ stdout: expect.stringContaining('1 cell') })
  })

  it('counts what a job does behind it that the config names', async ({ onTestFinished: after }) => {
    const files = {
      'migrations/1.sql': 'CREATE TABLE payments (id text PRIMARY KEY, state text NOT NULL);',
      'main.mjs': `import pg from 'pg'
const db = new pg.Client(process.env.DATABASE_URL)
await db.connect()
await db.query("INSERT INTO payments VALUES ('p1', 'pending')")
const { ok } = await fetch(process.env.GATEWAY + '/v1/charges', { method: 'POST', body: '{}' })
if (ok) await db.query("UPDATE payments SET state = 'paid'")
await db.end()
process.exitCode = ok ? 0 : 1
`,
      'settle.mjs': `import pg from 'pg'
const db = new pg.Client(process.env.DATABASE_URL)
await db.connect()
await db.query("UPDATE payments SET state = 'failed' WHERE state = 'pending'")
await db.end()
`,
    }
    const verdictsWith = async (config: string): Promise<Record<string, string>> => {
      const made = await shop(
        files,
        after,
        config,
        `payments: postgres({ env: 'DATABASE_URL', migrations: 'migrations' })`,
      )
      const { verdicts } = await runMatrix(made, '--fault', '503', '--', 'node', 'main.mjs')
      return verdicts('POST /v1/charges')
    }
    expect(await verdictsWith('')).toEqual({ '503': 'inconsistent' })
    expect(await verdictsWith(`matrix: { settle: 'node settle.mjs' },`)).toEqual({ '503': 'degraded' })
  })

  it.skipIf(!pytest)('is judged by its tests where it tells of them', async ({ onTestFinished: after }) => {
    const tests = `from billing import charge
def test_charge(): assert "ch_1" in charge()
def test_nothing(): pass
`
    const made = await shop({ 'billing.py': billing('{}'), 'conftest.py': conftest, 'test_billing.py': tests }, after)
    const command = ['--', 'python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider']
    const { document } = await runMatrix(made, '--fault', 'reply lost', ...command)
    expect(document.tests.stable).toBe(2)
    expect(document.cells).toMatchObject([{ verdict: 'duplicate', test: { name: 'test_charge' } }])
  })

  it('has crashed when a signal ends it', async ({ onTestFinished: after }) => {
    const main = `try { await fetch(process.env.GATEWAY + '/v1/rates') } catch { process.kill(process.pid, 'SIGKILL') }`
    const made = await shop({ 'main.mjs': main }, after)
    const { verdicts } = await runMatrix(made, '--fault', 'reset before', '--', 'node', 'main.mjs')
    expect(verdicts('GET /v1/rates')).toEqual({ 'reset before': 'crash' })
  })

  it.skipIf(process.platform === 'win32')(
    'is ended when it takes more and more memory, with what it has started, and others are run all the same',
    async ({ onTestFinished: after }) => {
      const grows = `const all = []; setInterval(() => all.push(Buffer.alloc(2 ** 25, 1)), 10)`
      const main = `import { spawn } from 'node:child_process'
try { await fetch(process.env.GATEWAY + '/v1/rates') } catch {
  await new Promise((done) => spawn(process.execPath, ['-e', ${JSON.stringify(grows)}], { detached: true }).once('close', done))
}
await fetch(process.env.GATEWAY + '/v1/taxes').catch(() => {})`
      const made = await shop({ 'main.mjs': main }, after)
      const { document } = await runMatrix(made, '--fault', 'reset before', '--', 'node', 'main.mjs')
      expect(document.leftOut).toEqual([])
      expect(
        document.cells.map(({ operation, verdict, what }) => `${operation} ${verdict}: ${what}`).toSorted(),
      ).toEqual([
        'GET /v1/rates crash: the process of the test ended: it took 1 GiB more memory than before, and more and more',
        expect.stringMatching('^GET /v1/taxes handled: '),
      ])
      // Also what has begun a session of its own.
      expect(document.findings).toMatchObject([{ verdict: 'crash', cells: [expect.any(String)] }])
    },
  )

  it.skipIf(process.platform === 'win32')(
    'is named when it takes more and more memory without a fault',
    async ({ onTestFinished: after }) => {
      const main = `if (process.env.GROWS !== 'late') await fetch(process.env.GATEWAY + '/v1/rates')
const all = []; setInterval(() => all.push(Buffer.alloc(2 ** 24, 1)), 10)`
      const made = await shop({ 'main.mjs': main }, after, "matrix: { memory: '300 MiB' },")
      const { document, ran } = await runMatrix(made, '--', 'node', 'main.mjs')
      expect(ran.code).toBe(1)
      expect(document.tests.excluded).toMatchObject([
        { state: 'failing', why: 'it took 300 MiB of memory, and more and more' },
      ])
      const none = await made.mortar(['matrix', '--', 'node', 'main.mjs'], { env: { GROWS: 'late' } })
      expect(none.stderr).toContain('ended before anything crossed a boundary: it took 300 MiB of memory')
    },
  )

  it('that does not end is ended when the time is up', async ({ onTestFinished: after }) => {
    const made = await shop({ 'never.mjs': 'setInterval(() => {}, 60_000)' }, after)
    const { code, stderr } = await made.mortar(['matrix', '--budget', '2s', '--', 'node', 'never.mjs'])
    expect(stderr).toContain('the test command had not ended when the time was up')
    expect(code).toBe(3)
  })

  it('is said to be waited for while it does not get on, and what it waits for itself', async ({
    onTestFinished: after,
  }) => {
    const main = `import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
appendFileSync('runs', 'x')
const answer = fetch(process.env.GATEWAY + '/v1/rates', { signal: AbortSignal.timeout(6000) }).catch(() => {})
const isFirst = () => mkdirSync('waited', { recursive: true }) !== undefined
if (readFileSync('runs').length > 1 && isFirst()) await new Promise((done) => setTimeout(done, 6000))
await answer`
    const made = await shop({ 'main.mjs': main }, after)
    const { ran } = await runMatrix(made, '--fault', 'no answer', '--', 'node', 'main.mjs')
    expect(ran.stderr).toMatch(/waiting for clean run [12] of 2, for \d s by now\n/)
    expect(ran.stderr).toMatch(
      /waiting for `GET \/v1\/rates` × no answer \(\d+ s at most\), for \d s by now: the fault has struck/,
    )
  })

  it('asks a service that is to be recorded once, and never in a cell', async ({ onTestFinished: after }) => {
    const charges = await upstream(
      (request, response) => void request.resume().on('end', () => response.writeHead(201).end('{"id":"ch_1"}')),
      { after: after as never },
    )
    const main = `const signal = AbortSignal.timeout(1000)
const answer = await fetch(process.env.PAYMENTS + '/v1/charges', { method: 'POST', body: '{}', signal })
if (answer.ok) console.log((await answer.json()).id)
process.exitCode = answer.ok ? 0 : 1`
    const made = project({
      after,
      config: `import { http } from 'mortar'
export default { boundaries: { payments: http({ origin: '${charges.origin}', env: 'PAYMENTS' }) } }`,
      files: { 'main.mjs': main },
    })
    const { ran, verdicts } = await runMatrix(made, '--', 'node', 'main.mjs')
    expect(charges.asked).toEqual(['POST /v1/charges'])
    expect(ran.stderr).toContain('nothing of payments is recorded yet, so the first run asks the real service')
    expect(verdicts('POST /v1/charges')).toMatchObject({ '503': 'degraded', 'reset before': 'degraded' })
    const again = await runMatrix(made, '--fault', '503', '--', 'node', 'main.mjs')
    expect(again.ran.stderr).not.toContain('the real service')
    expect(charges.asked).toHaveLength(1)
  })

  it('is run several times at once, unless it gets into its own way', async ({ onTestFinished: after }) => {
    const main = `import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
try { mkdirSync('busy') } catch { writeFileSync('met', ''); process.exit(1) }
await new Promise((done) => setTimeout(done, 300))
try { await fetch(process.env.GATEWAY + '/v1/rates') } finally { rmdirSync('busy') }`
    const made = await shop({ 'main.mjs': main }, after)
    const { ran, verdicts } = await runMatrix(made, '--fault', '503', '--', 'node', 'main.mjs')
    expect(verdicts('GET /v1/rates')).toEqual({ '503': 'handled' })
    expect(made.has('met')).toBe(availableParallelism() > 3)
    expect(ran.stderr.includes('there is one from now on')).toBe(made.has('met'))
  })
})
