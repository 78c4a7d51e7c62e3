import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { type MatrixPlan, type PlannedCell, readPlan, readResults, writePlan } from '../../src/run/matrix/plan-file.ts'
import type { Project } from '../support/project.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const asking = `export const ask = (path, init) => fetch(process.env.GATEWAY + path, { ...init, signal: AbortSignal.timeout(6000) })`

/** Two files of tests that share a module. */
function twoFiles(after: (close: () => void) => void, more: string, vitest: 4 | 5 = 5): Project {
  return matrixProject({
    after,
    vitest,
    boundaries: '',
    files: {
      'ask.mjs': asking,
      'rates.mjs': `import { ask } from './ask.mjs'
export async function rates() { const response = await ask('/v1/rates'); if (!response.ok) throw new Error('no rates'); return response.json() }
export async function dies() { try { await ask('/v1/dying') } catch { process.kill(process.pid, 'SIGKILL') } }
export async function hangs() { try { await ask('/v1/hanging') } catch { await new Promise(() => {}) } }
let isBroken = false
export async function breaks() { if (isBroken) throw new Error('broken for good'); try { await ask('/v1/breaking') } catch { isBroken = true } }`,
      'rates.test.mjs': `import { expect, test } from 'vitest'
import { breaks, dies, hangs, rates } from './rates.mjs'
test('rates', async () => { expect(await rates()).toEqual({ currency: 'eur' }) })
${more}`,
      'pay.test.mjs': `import { expect, test } from 'vitest'
import { ask } from './ask.mjs'
const pay = async () => (await ask('/v1/charges', { method: 'POST' })).json()
test('pays', async () => { expect(await pay().catch(pay)).toHaveProperty('id') })`,
    },
  })
}

const verdictsOf = ({ cells }: MatrixDocument): readonly string[] =>
  cells.map(({ test, fault, verdict, oracle }) => `${test.name} ${fault}: ${verdict} ${oracle}`).toSorted()

/** Where the last matrix has its plans, and what came of them. */
function lastFolder(made: Project): string {
  const folder = join(made.directory, '.mortar', 'matrix')
  const names = readdirSync(folder).filter((name) => /^\d/.test(name))
  return join(folder, names.toSorted().at(-1)!)
}

function lastPlans(made: Project): readonly MatrixPlan[] {
  const folder = lastFolder(made)
  return readdirSync(folder)
    .filter((name) => /^process-\d+\.json$/.test(name))
    .map((name) => readPlan(join(folder, name)))
}

const of = (cells: readonly PlannedCell[], test: string): readonly PlannedCell[] =>
  cells.filter(({ cell }) => cell.test.name === test)

/**
 * How many processes of the runner the last matrix has started, besides those in which findings are seen again, and how
 * many plans its workers were given.
 */
function processesOf(made: Project): { readonly started: number; readonly plans: number } {
  const folder = lastFolder(made)
  const files = readdirSync(folder)
  const logs = files.filter((file) => /^process-\d+\.log$/.test(file))
  const isAgain = (log: string): boolean => readPlan(join(folder, log.replace('.log', '.json'))).patient ?? false
  return {
    started: logs.filter((log) => !isAgain(log)).length,
    plans: files.filter((file) => /^process-\d+-next-\d+\.json$/.test(file)).length,
  }
}

/** By the id of what was run in the last matrix, how often it was: cells, and runs without a fault around them. */
function runsOf(made: Project): ReadonlyMap<string, number> {
  const folder = lastFolder(made)
  const ids = readdirSync(folder)
    .filter((name) => /^process-\d+\.json$/.test(name) && readPlan(join(folder, name)).cells)
    .flatMap((name) => readResults(join(folder, name)))
    .flatMap((line) => (line.t === 'ran' ? [line.id] : []))
  return new Map([...Map.groupBy(ids, (id) => id)].map(([id, same]) => [id, same.length]))
}

/** The ids of the runs of the last matrix that passed. */
function passedOf(made: Project): ReadonlySet<string> {
  const folder = lastFolder(made)
  const lines = readdirSync(folder)
    .filter((name) => /^process-\d+\.json$/.test(name))
    .flatMap((name) => readResults(join(folder, name)))
  return new Set(lines.flatMap((line) => (line.t === 'ran' && line.passed ? [line.id] : [])))
}

function change(made: Project, ms: number): void {
  made.write('ask.mjs', asking.replace('6000', String(ms)))
}

/** As many files of tests as there are processors, and more. */
function manyFiles(after: (close: () => void) => void, more = 0): Project {
  const made = twoFiles(after, '')
  for (let i = 2; i < availableParallelism() + more; i++) {
    made.write(`more-${i}.test.mjs`, made.read('rates.test.mjs').replace(`'rates'`, `'rates ${i}'`))
  }
  return made
}

const sentencesOf = ({ findings }: MatrixDocument): readonly string[] => findings.map(({ sentence }) => sentence)

describe.concurrent('a first matrix with a file of tests for each processor', () => {
  it.for([0, 2])(
    'and %d more is run by workers that stay behind the clean runs, and goes as in processes of its own',
    async (more, { onTestFinished: after }) => {
      const made = manyFiles(after, more)
      const { document } = await runMatrix(made)
      expect(document.findings.length).toBeGreaterThan(0)
      // Its workers run all tests, and stay; what a busy machine disturbs is run once more by another one.
      const { started, plans } = processesOf(made)
      expect(started).toBeLessThanOrEqual(2)
      expect(plans).toBeGreaterThan(3)
      const apart = (await runMatrix(made, '--no-cache')).document
      expect(verdictsOf(document)).toEqual(verdictsOf(apart))
      expect(sentencesOf(document)).toEqual(sentencesOf(apart))
    },
  )

  it('sees findings again also where what all tests need can be had but once', async ({ onTestFinished: after }) => {
    const made = manyFiles(after)
    made.write(
      'once.mjs',
      `import { mkdirSync, rmdirSync } from 'node:fs'
export function setup() { mkdirSync('taken'); return () => rmdirSync('taken') }`,
    )
    made.write(
      'vitest.config.mjs',
      made.read('vitest.config.mjs').replace('globalSetup: [', `globalSetup: ['./once.mjs', `),
    )
    const first = (await runMatrix(made)).document
    expect(processesOf(made).plans).toBeGreaterThan(1)
    const apart = (await runMatrix(made, '--no-cache')).document
    change(made, 6001)
    const again = (await runMatrix(made)).document
    for (const document of [first, again]) {
      expect(document.leftOut).toEqual([])
      expect(document.cells.filter(({ confirmed }) => confirmed).length).toBeGreaterThanOrEqual(
        sentencesOf(apart).length,
      )
      expect(verdictsOf(document)).toEqual(verdictsOf(apart))
      expect(sentencesOf(document)).toEqual(sentencesOf(apart))
    }
  })
})

describe.concurrent('what is run again behind a change', () => {
  it.for([4, 5] as const)(
    'is run by workers of one process of vitest %d, and goes as in processes of its own',
    async (vitest, { onTestFinished: after }) => {
      const made = twoFiles(after, '', vitest)
      const first = await runMatrix(made)
      expect(first.document.findings.length).toBeGreaterThan(0)
      change(made, 6001)
      const second = await runMatrix(made)
      expect(second.document.cells.every(({ cached }) => !cached)).toBe(true)
      expect(verdictsOf(second.document)).toEqual(verdictsOf(first.document))
      expect(sentencesOf(second.document)).toEqual(sentencesOf(first.document))
      const { started, plans } = processesOf(made)
      expect(started).toBe(1)
      expect(plans).toBeGreaterThan(3)
      const runs = runsOf(made)
      expect(
        second.document.cells.map(({ id }) => runs.get(id)).filter((count) => count !== undefined && count > 1),
      ).toEqual([])
      // Who has run a test without a fault does so only behind cells.
      expect(runs.get('clean-1') ?? 0).toBeLessThan(runs.get('after')!)
      expect((await runMatrix(made)).document.cells.every(({ cached }) => cached)).toBe(true)
    },
  )

  it.for([4, 5] as const)(
    'is not judged by what vitest %d says of a cell that another worker has taken',
    async (vitest, { onTestFinished: after }) => {
      const made = twoFiles(after, '', vitest)
      // Nobody has its time pass where it is waited for nothing but a busy machine.
      change(made, 6009)
      await runMatrix(made, '--no-cache')
      const passed = passedOf(made)
      const isLeft = ({ cell }: PlannedCell): boolean => passed.has(cell.id)
      const plan = lastPlans(made).find(({ cells = [] }) => {
        const own = of(cells, 'pays')
        return own.some(isLeft) && own.length > 1
      })!
      const folder = join(made.directory, '.mortar', 'taken')
      mkdirSync(folder)
      const left = of(plan.cells!, 'pays').find(isLeft)!
      const own = [...of(plan.cells!, 'pays').filter((cell) => cell !== left), left]
      for (const { cell } of own.slice(0, -1)) writeFileSync(join(folder, cell.id), 'another')
      writePlan(join(folder, 'plan.json'), { ...plan, cells: own, taken: folder })
      await made.start('vitest', ['run'], { env: { MORTAR_MATRIX: join(folder, 'plan.json') } }).ended
      const ran = readResults(join(folder, 'plan.json')).filter((line) => line.t === 'ran')
      expect(ran.map(({ id, passed, errors }) => ({ id, passed, errors }))).toEqual([
        { id: 'clean-1', passed: true, errors: [] },
        { id: left.cell.id, passed: true, errors: [] },
        { id: 'after', passed: true, errors: [] },
      ])
    },
  )

  it('is asked where each file of tests has set up its services', async ({ onTestFinished: after }) => {
    const made = twoFiles(after, '')
    made.write(
      'stand-in.mjs',
      `import { createServer } from 'node:http'
import { once } from 'node:events'
const server = createServer((request, response) => response.setHeader('content-type', 'application/json').end('{"currency":"eur"}'))
await once(server.listen(0, '127.0.0.1'), 'listening')
server.unref()
process.env.STAND_IN = 'http://127.0.0.1:' + server.address().port`,
    )
    made.write(
      'vitest.config.mjs',
      made.read('vitest.config.mjs').replace('test: {', `test: { setupFiles: ['./stand-in.mjs'],`),
    )
    made.write(
      'mortar.config.mjs',
      made
        .read('mortar.config.mjs')
        .replace(
          'boundaries: {',
          `boundaries: { standIn: http({ origin: process.env.STAND_IN ?? 'http://127.0.0.1:8', record: 'live' }),`,
        ),
    )
    made.write('ask.mjs', asking)
    made.write('rates.mjs', `export const rates = async () => (await fetch(process.env.STAND_IN + '/v1/rates')).json()`)
    made.write(
      'rates.test.mjs',
      `import { expect, test } from 'vitest'
import { rates } from './rates.mjs'
test('rates', async () => { expect(await rates()).toEqual({ currency: 'eur' }) })`,
    )
    const first = (await runMatrix(made)).document
    expect(first.cells.filter(({ boundary }) => boundary === 'standIn').length).toBeGreaterThan(5)
    made.write('rates.mjs', made.read('rates.mjs').replace('await fetch', 'await globalThis.fetch'))
    const again = (await runMatrix(made)).document
    expect(verdictsOf(again)).toEqual(verdictsOf(first))
    expect(processesOf(made).started).toBe(1)
  })

  it('is what tests do now, where they do something else than before', async ({ onTestFinished: after }) => {
    const made = twoFiles(after, '')
    await runMatrix(made)
    made.write(
      'ask.mjs',
      asking.replace('=> fetch(', "=> fetch(process.env.GATEWAY + '/v1/audit', { method: 'PUT' }).then(() => fetch(") +
        ')',
    )
    const { document } = await runMatrix(made)
    expect(document.cells.map(({ operation }) => operation)).toContain('PUT /v1/audit')
    expect(verdictsOf(document)).toEqual(verdictsOf((await runMatrix(made, '--no-cache')).document))
  })

  it('goes on when a cell takes its worker with it, hangs, or leaves something behind', async ({
    onTestFinished: after,
  }) => {
    const made = twoFiles(
      after,
      `test('dies', async () => { await dies() })
test('hangs', async () => { await hangs() })
test('breaks', async () => { await breaks() })`,
    )
    const narrow = ['--fault', 'reset before']
    const first = await runMatrix(made, ...narrow)
    expect(verdictsOf(first.document)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^dies .*: crash/),
        expect.stringMatching(/^hangs .*: hang/),
        expect.stringMatching(/^breaks .*: poisoned/),
      ]),
    )
    change(made, 6002)
    const second = await runMatrix(made, ...narrow)
    expect(verdictsOf(second.document)).toEqual(verdictsOf(first.document))
    expect(second.document.leftOut).toEqual(first.document.leftOut)
    expect(processesOf(made).plans).toBeGreaterThan(1)
  })

  it('has the settings of its own project, where there are several', async ({ onTestFinished: after }) => {
    const made = twoFiles(after, `test('has its mode', () => { expect(process.env.MODE).toBe('a') })`)
    made.write(
      'vitest.config.mjs',
      `import { mortar } from 'mortar/vitest'
const project = (name, include) => ({ extends: true, test: { name, include: [include], env: { MODE: name } } })
export default { plugins: [mortar()], test: { globalSetup: ['./gateway.mjs'], testTimeout: 8000,
  projects: [project('a', 'rates.test.mjs'), project('b', 'pay.test.mjs')] } }`,
    )
    made.write(
      'pay.test.mjs',
      made
        .read('pay.test.mjs')
        .replace('async () => { expect', `async () => { expect(process.env.MODE).toBe('b'); expect`),
    )
    const first = await runMatrix(made)
    expect(first.document.tests).toEqual({ stable: 3, excluded: [] })
    change(made, 6003)
    const second = await runMatrix(made)
    expect(second.document.tests).toEqual(first.document.tests)
    expect(verdictsOf(second.document)).toEqual(verdictsOf(first.document))
  })

  it('is named where it cannot be loaded any more, or fails, or is new', async ({ onTestFinished: after }) => {
    const made = twoFiles(after, '')
    await runMatrix(made)
    made.write('ask.mjs', `${asking}\nthrow new Error('not to be loaded')\n`)
    await expect(runMatrix(made)).rejects.toThrow('MORTAR_MATRIX_NO_TESTS')
    // That of the workers, and one for each file: what was begun ahead is nothing to go on with.
    expect(processesOf(made).started).toBe(3)
    made.write('ask.mjs', asking)
    await runMatrix(made)
    const rates = made.read('rates.test.mjs')
    made.write('rates.test.mjs', `${rates}throw new Error('not to be loaded')\n`)
    const broken = (await runMatrix(made)).document
    expect(JSON.stringify(broken.tests)).toContain('not to be loaded')
    expect(broken.cells.map(({ test }) => test.name)).toContain('pays')
    made.write('rates.test.mjs', `${rates}test('more', async () => { await rates() })\n`)
    expect((await runMatrix(made)).document.tests.stable).toBe(3)
    made.write('rates.test.mjs', rates.replace(`'eur'`, `'usd'`))
    const failing = (await runMatrix(made)).document
    expect(failing.tests.excluded).toEqual([expect.objectContaining({ state: 'failing' })])
  })
})
