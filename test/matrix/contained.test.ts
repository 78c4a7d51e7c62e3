import { describe, expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { repository } from '../support/project.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const ask = 'const ask = (path) => fetch(process.env.GATEWAY + path, { signal: AbortSignal.timeout(6000) })'
const suite = (tests: string): Record<string, string> => ({
  'rates.mjs': `${ask}
export async function rates() { const response = await ask('/v1/rates'); if (!response.ok) throw new Error('no rates'); return response.json() }
export async function dies() { try { await ask('/v1/dying') } catch { process.kill(process.pid, 'SIGKILL') } }
export async function exits() { try { await ask('/v1/exit') } catch { process.exit(3) } }
export async function throwsLater() { try { await ask('/v1/late') } catch { setTimeout(() => { throw new Error('nobody listens') }) } }
export async function spins() { try { await ask('/v1/spinning') } catch { for (;;); } }
export async function grows() { try { await ask('/v1/growing') } catch { const all = []; for (;;) { all.push(Buffer.alloc(2 ** 26, 1)); await new Promise(setImmediate) } } }
export async function turnsClockBack() {
  try { await ask('/v1/clock') } catch { globalThis.Date = class extends Date { static now() { return 0 } }; globalThis.setTimeout = () => {}; throw new Error('no time') }
}
export async function hangs() { try { await ask('/v1/hanging') } catch { await new Promise(() => {}) } }
`,
  'rates.test.mjs': `import { expect, test } from 'vitest'
import { dies, exits, grows, hangs, rates, spins, throwsLater, turnsClockBack } from './rates.mjs'
${tests}`,
})

describe.concurrent('what goes wrong in a cell stays there', () => {
  it('a process that ends is a crash, and the cells behind it are run all the same', async ({
    onTestFinished: after,
  }) => {
    const made = matrixProject({
      after,
      boundaries: '',
      files: suite(`test('a', async () => { await dies() })
test('b', async () => { await exits() })
test('c', async () => { expect(await rates()).toEqual({ currency: 'eur' }) })`),
    })
    const { document } = await runMatrix(made, '--fault', 'reset before')
    expect(document.cells.map(({ test, verdict }) => [test.name, verdict]).toSorted()).toEqual([
      ['a', 'crash'],
      ['b', 'crash'],
      ['c', 'degraded'],
    ])
    expect(document.leftOut).toEqual([])
  })

  it('an error that nobody catches is a crash, and a test that never ends is a hang', async ({
    onTestFinished: after,
  }) => {
    const made = matrixProject({
      after,
      boundaries: '',
      files: suite(`test('a', async () => { await throwsLater(); await new Promise((done) => setTimeout(done, 50)) })
test('b', async () => { await hangs() })`),
    })
    const { document } = await runMatrix(made, '--fault', 'reset before')
    expect(document.cells.map(({ test, verdict }) => [test.name, verdict]).toSorted()).toEqual([
      ['a', 'crash'],
      ['b', 'hang'],
    ])
  })

  it('a process that spins or takes all memory is ended, and others are run all the same', async ({
    onTestFinished: after,
  }) => {
    const made = matrixProject({
      after,
      boundaries: '',
      // To fill so much memory takes seconds on a busy machine.
      testTimeoutMs: 30_000,
      files: suite(`test('a', async () => { await spins() })
test('b', async () => { await grows() })
test('c', async () => { await turnsClockBack() })
test('d', async () => { expect(await rates()).toEqual({ currency: 'eur' }) })`),
    })
    const { document } = await runMatrix(made, '--fault', 'reset before')
    expect(document.cells.map(({ test, verdict, what }) => `${test.name} ${verdict}: ${what}`).toSorted()).toEqual([
      expect.stringMatching(/^a hang: it let nothing else in its process get a turn for \d/),
      expect.stringMatching(/^b crash: the process of the test ended: it took 1 GiB more memory/),
      expect.stringMatching(/^c (?:degraded|poisoned): /),
      expect.stringMatching(/^d degraded: /),
    ])
    expect(document.leftOut).toEqual([])
  })

  it('tests that fail or differ by themselves are named and not judged', async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: '',
      files: {
        ...suite(`let runs = 0
test('failing', async () => { await rates(); expect(1).toBe(2) })
test('flaky', async () => { await rates(); if (++runs % 2 === 0) throw new Error('every other time') })
test('good', async () => { await rates() })`),
        'deadly.test.mjs': "import { test } from 'vitest'\ntest('deadly', () => process.kill(process.pid, 'SIGKILL'))",
      },
    })
    const { document } = await runMatrix(made, '--fault', '503')
    expect(document.tests.excluded.map(({ test, state, why }) => [test.name, state, why])).toEqual([
      ['deadly', 'failing', 'its process ended before it did'],
      ['failing', 'failing', expect.stringContaining('expected 1 to be 2')],
      ['flaky', 'flaky', expect.any(String)],
    ])
    expect(document.cells.map(({ test, verdict }) => [test.name, verdict])).toEqual([['good', 'degraded']])
  })

  it('tests in which only the tests ask anything prove nothing', async ({ onTestFinished: after }) => {
    const own = "test('a', async () => { expect((await fetch(process.env.GATEWAY + '/v1/rates')).ok).toBe(true) })"
    const made = matrixProject({ after, boundaries: '', files: suite(own) })
    const ran = await made.mortar(['matrix', '--baseline', '1', '--no-cache'])
    expect(ran.stdout).toContain('Nothing was tried')
    expect(ran.code).toBe(1)
  })

  it('a command that crosses no boundary is refused, and so are options that cannot be meant', async ({
    onTestFinished: after,
  }) => {
    const made = matrixProject({ after, boundaries: '', files: suite("test('a', () => {})") })
    const ran = await made.mortar(['matrix', '--', 'node', '--version'])
    expect(ran.stderr).toContain('MORTAR_MATRIX_NO_TESTS')
    expect(ran.code).not.toBe(0)
    for (const args of [
      ['--fault', 'reply lots'],
      ['--boundary', 'nowhere'],
      ['--budget', 'soon'],
      ['--baseline', '0'],
    ]) {
      expect((await made.mortar(['matrix', ...args])).code).toBe(2)
    }
  })

  it('what was not reached in time is named', async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: '',
      files: suite(`test('good', async () => { await rates() })
test('slow', async () => { await new Promise((done) => setTimeout(done, 700)); await dies() })`),
    })
    const { document } = await runMatrix(made, '--fault', '503', '--budget', '1s')
    expect(document.leftOut.map(({ fault }) => fault)).toContain('503')
  })

  it('Ctrl-C leaves a report of what is known, whenever it comes', async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: '',
      files: suite(`test('a', async () => { await rates() })
test('b', async () => { await dies() })
test('c', async () => { await new Promise((done) => setTimeout(done, 300)); await rates() })`),
    })
    const interrupt = async (words: string): Promise<MatrixDocument> => {
      const running = made.start('node', [`${repository}/dist/cli/main.js`, 'matrix', '--baseline', '1', '--no-cache'])
      await running.said(words)
      running.kill('SIGINT')
      expect((await running.ended).code).toBe(130)
      return JSON.parse(made.read('.mortar/matrix.json')) as MatrixDocument
    }
    // Said once the first process has died.
    const amid = await interrupt('cells run')
    expect(amid.state).toBe('interrupted')
    expect(amid.cells.length).toBeGreaterThan(0)
    expect(amid.leftOut.length).toBeGreaterThan(0)
    expect(await interrupt('mortar: running')).toMatchObject({
      state: 'interrupted',
      at: expect.not.closeTo(amid.at, 0),
    })
    expect((await interrupt('cells over')).leftOut.length).toBeGreaterThan(0)
  })
})

// By themselves, as they take a core for seconds that others beside them would miss.
it('a test that blocks its process takes no more than a part of the time, and it is said what it has taken', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    files: suite(`test('good', async () => { await rates() })
test('blocks', async () => { await rates(); for (;;); })`),
  })
  const { stdout } = await made.mortar(['matrix', '--fault', '503', '--budget', '2s'])
  const { leftOut, blockedMs, tests } = JSON.parse(made.read('.mortar/matrix.json')) as MatrixDocument
  expect(leftOut.map(({ test }) => test.name)).toEqual(['good'])
  expect(tests.excluded).toMatchObject([{ test: { name: 'blocks' }, state: 'failing' }])
  expect(blockedMs).toBeGreaterThanOrEqual(2000)
  expect(blockedMs).toBeLessThan(5000)
  expect(stdout).toMatch(/Left out: 1 cell was not run; what blocks its process took \d\S* s of\s+the time\n/)
  expect(made.read('.mortar/matrix.html')).toContain('what blocks its process took ')
})

it('a test that blocks its process by itself is named, and the tests behind it are judged', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    files: {
      'stuck.test.mjs': 'for (;;);',
      ...suite(`test('blocks', async () => { await rates(); for (;;); })
test('ends its process', () => process.kill(process.pid, 'SIGKILL'))
test('good', async () => { await rates() })`),
    },
  })
  const { document } = await runMatrix(made, '--fault', '503', '--budget', '60s')
  expect(document.tests.excluded.map(({ test, state, why }) => [test.name || test.file, state, why])).toEqual([
    ['stuck.test.mjs', 'failing', expect.stringMatching(/^none of its tests ran: it blocked its process for 30/)],
    ['ends its process', 'failing', 'its process ended before it did'],
    ['blocks', 'failing', expect.stringMatching(/^it blocked its process for \d/)],
  ])
  expect(document.cells.map(({ test, verdict }) => [test.name, verdict])).toEqual([['good', 'degraded']])
})
