import { readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { readPlan } from '../../src/run/matrix/plan-file.ts'
import type { Project, Running } from '../support/project.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const currency = `import { ask } from './ask.mjs'
export async function currency() { return (await (await ask('/v1/rates')).json()).currency }`

const careful = `import { ask } from './ask.mjs'
export async function currency() { try { return (await (await ask('/v1/rates')).json()).currency } catch { return 'eur' } }`

function rates(
  after: (close: () => void) => void,
  vitest: 4 | 5 = 5,
  more: Readonly<Record<string, string>> = {},
): Project {
  return matrixProject({
    after,
    vitest,
    boundaries: '',
    files: {
      'ask.mjs': `export const ask = (path, init) => fetch(process.env.GATEWAY + path, { ...init, signal: AbortSignal.timeout(6000) })`,
      'rates.mjs': currency,
      'rates.test.mjs': `import { expect, test } from 'vitest'
import { currency } from './rates.mjs'
test('rates', async () => { expect(await currency()).toBe('eur') })`,
      'pay.test.mjs': `import { expect, test } from 'vitest'
import { ask } from './ask.mjs'
test('pays', async () => { expect(await (await ask('/v1/charges', { method: 'POST' })).json()).toHaveProperty('id') })`,
      ...more,
    },
  })
}

const waits = 'waiting for a change'

interface Watching {
  readonly cli: Running
  /** The matrix that has been shown by the time it waits so many times. */
  shown(times: number): Promise<MatrixDocument>
  /** The first matrix that was begun behind a change. */
  changed(path: string, content: string): Promise<MatrixDocument>
}

/** `mortar matrix --watch`. */
function watching(made: Project): Watching {
  const cli = made.start(process.execPath, [made.commandLine, 'matrix', '--watch', '--baseline', '2'])
  let seen = 0
  const shown = async (times: number): Promise<MatrixDocument> => {
    await cli.said(waits, (seen = times))
    return JSON.parse(made.read('.mortar/matrix.json')) as MatrixDocument
  }
  return {
    cli,
    shown,
    async changed(path, content) {
      const at = Date.now()
      made.write(path, content)
      for (;;) {
        const document = await shown(seen + 1)
        if (document.at >= at) return document
      }
    },
  }
}

const verdictsOf = ({ cells }: MatrixDocument): readonly string[] =>
  cells.map(({ test, fault, verdict, oracle }) => `${test.name} ${fault}: ${verdict} ${oracle}`).toSorted()

/** How many processes of the runner were started whose workers wait. */
function startedIn(made: Project): number {
  const folder = join(made.directory, '.mortar', 'matrix')
  return readdirSync(folder)
    .filter((name) => /^\d/.test(name))
    .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
    .filter((file) => /process-\d+\.json$/.test(file) && readPlan(file).seats).length
}

async function end(cli: Running): Promise<void> {
  cli.kill('SIGINT')
  expect((await cli.ended).code).toBe(130)
}

describe.concurrent('mortar matrix --watch', () => {
  it.for([4, 5] as const)(
    'shows what each change leads to, by workers of vitest %d that stay',
    async (vitest, { onTestFinished: after }) => {
      const made = rates(after, vitest)
      const { cli, shown, changed } = watching(made)
      const first = await shown(1)
      const second = await changed('rates.mjs', careful)
      expect(verdictsOf(second)).not.toEqual(verdictsOf(first))
      expect(verdictsOf(await changed('rates.mjs', currency))).toEqual(verdictsOf(first))
      expect(verdictsOf(await changed('rates.mjs', `${careful}\n`))).toEqual(verdictsOf(second))
      const tests = made.read('rates.test.mjs').replace(`toBe('eur')`, `toMatch(/./)`)
      const last = await changed('rates.test.mjs', tests)
      expect(startedIn(made)).toBe(1)
      await end(cli)
      expect(verdictsOf(last)).toEqual(verdictsOf((await runMatrix(made, '--no-cache')).document))
    },
  )

  it('prints all of the first matrix, and then what is new and what is gone', async ({ onTestFinished: after }) => {
    const pay = (rest: string): string => `import { ask } from './ask.mjs'
export const pay = () => ask('/v1/charges', { method: 'POST' })${rest}`
    const made = rates(after, 5, {
      'pay.mjs': pay(''),
      'pay.test.mjs': `import { expect, test } from 'vitest'
import { pay } from './pay.mjs'
test('pays', async () => { expect(await (await pay()).json()).toHaveProperty('id') })`,
    })
    const { cli, shown } = watching(made)
    await shown(1)
    made.write('pay.mjs', pay(`.catch(() => ask('/v1/charges', { method: 'POST' }))`))
    await shown(2)
    made.write('pay.mjs', pay(''))
    const last = await shown(3)
    expect(last.cells.every(({ cached }) => cached)).toBe(true)
    await end(cli)
    const { stdout } = await cli.ended
    const [first = '', second = '', third = ''] = stdout.split(/\n(?=\d+ findings? (?:new|gone)\b)/)
    expect(first).toContain('Resilience ')
    expect(second).toMatch(/\n1\. {2}`POST \/v1\/charges` was done, .* twice/s)
    expect(third).toMatch(/\nNo longer found:\n {2}- `POST \/v1\/charges` was done/)
    expect(third).toContain('0 of ')
    expect(third).not.toContain('mortar matrix --cell')
  })

  it('goes on for long, and replaces workers where what they stand on has changed', async ({
    onTestFinished: after,
  }) => {
    const made = rates(after)
    const { cli, shown, changed } = watching(made)
    await shown(1)
    const rounds = 12
    for (let round = 1; round <= rounds; round++) {
      await changed('rates.mjs', round % 2 === 1 ? careful : currency)
    }
    expect(startedIn(made)).toBe(1)
    const { tests } = await changed('gateway.mjs', made.read('gateway.mjs').replace(`'eur'`, `'usd'`))
    expect(tests.excluded).toEqual([expect.objectContaining({ state: 'failing' })])
    await end(cli)
  })

  it('tells of what cannot be run, and goes on where it was when that is mended', async ({ onTestFinished: after }) => {
    const made = rates(after)
    const { cli, shown } = watching(made)
    const first = await shown(1)
    made.write('ask.mjs', `${made.read('ask.mjs')}\nconst = 1`)
    await shown(2)
    await cli.said('MORTAR_MATRIX_NO_TESTS')
    made.write('ask.mjs', made.read('ask.mjs').replace('\nconst = 1', ''))
    const mended = await shown(3)
    expect(verdictsOf(mended)).toEqual(verdictsOf(first))
    expect(mended.cells.every(({ cached }) => cached)).toBe(true)
    await end(cli)
  })

  it('takes for gone nothing of a file that cannot be loaded while others can', async ({ onTestFinished: after }) => {
    const made = rates(after, 5, {
      'pay.mjs': `export const pay = () => fetch(process.env.GATEWAY + '/v1/charges', { method: 'POST', signal: AbortSignal.timeout(6000) })
  .then((response) => response.json())`,
      'pay.test.mjs': `import { expect, test } from 'vitest'
import { pay } from './pay.mjs'
test('pays', async () => { expect(await pay()).toHaveProperty('id') })`,
    })
    const { cli, shown, changed } = watching(made)
    const first = await shown(1)
    expect(first.findings.map(({ test }) => test.name)).toContain('pays')
    const pays = made.read('pay.test.mjs')
    const broken = await changed('pay.test.mjs', `${pays}\nconst = 1`)
    expect(broken.tests.excluded.map(({ test }) => test.name)).toEqual(['pay.test.mjs'])
    const mended = await changed('pay.test.mjs', pays)
    expect(verdictsOf(mended)).toEqual(verdictsOf(first))
    expect(mended.cells.every(({ cached }) => cached)).toBe(true)
    cli.kill('SIGINT')
    const { stdout } = await cli.ended
    expect(stdout).toMatch(/\d+ findings? not known/)
    expect(stdout).not.toContain('No longer found')
  })

  it('does not hear what tests write, nor what nothing depends on', async ({ onTestFinished: after }) => {
    const made = rates(after, 5, {
      'write.test.mjs': `import { test } from 'vitest'
import { writeFileSync } from 'node:fs'
test('writes', () => writeFileSync('written.json', String(Math.random())))`,
      'unused.mjs': 'export const unused = 1',
    })
    const { cli, shown } = watching(made)
    await shown(1)
    made.write('README.md', 'more')
    made.write('unused.mjs', 'export const unused = 2')
    made.write('rates.mjs', careful)
    await shown(2)
    await end(cli)
    const { stderr } = await cli.ended
    expect(stderr.match(/^mortar: .*\.mjs changed$/gm), stderr).toEqual(['mortar: unused.mjs, rates.mjs changed'])
  })

  it('begins anew where its config has changed', async ({ onTestFinished: after }) => {
    const made = rates(after)
    const { cli, shown } = watching(made)
    const first = await shown(1)
    made.write(
      'mortar.config.mjs',
      made
        .read('mortar.config.mjs')
        .replace(`test: 'vitest run',`, `test: 'vitest run', matrix: { exclude: ['pay.test.mjs'] },`),
    )
    await cli.said('begins anew')
    const second = await shown(2)
    expect(second.cells.length).toBeLessThan(first.cells.length)
    made.write('mortar.config.mjs', made.read('mortar.config.mjs').replace('boundaries: {', 'boundaries: {{'))
    await shown(3)
    await cli.said('MORTAR_CONFIG_UNREADABLE')
    made.write('mortar.config.mjs', made.read('mortar.config.mjs').replace('boundaries: {{', 'boundaries: {'))
    expect(verdictsOf(await shown(4))).toEqual(verdictsOf(second))
    made.write('rates.mjs', careful)
    await shown(5)
    await end(cli)
  })

  it('takes new files, those that are gone and that have other names, and leaves nothing running', async ({
    onTestFinished: after,
  }) => {
    const made = rates(after)
    const { cli, shown } = watching(made)
    await shown(1)
    made.write(
      'new/more.test.mjs',
      made.read('pay.test.mjs').replaceAll('pays', 'pays more').replace('./ask', '../ask'),
    )
    expect((await shown(2)).cells.map(({ test }) => test.name)).toContain('pays more')
    made.write('new/more.test.mjs', made.read('new/more.test.mjs').replace('pays more', 'pays most'))
    expect((await shown(3)).cells.map(({ test }) => test.name)).toContain('pays most')
    rmSync(join(made.directory, 'new'), { recursive: true })
    const without = await shown(4)
    expect(without.cells.map(({ test }) => test.name)).not.toContain('pays most')
    renameSync(join(made.directory, 'rates.mjs'), join(made.directory, 'prices.mjs'))
    made.write('rates.test.mjs', made.read('rates.test.mjs').replace('./rates.mjs', './prices.mjs'))
    expect(verdictsOf(await shown(5))).toEqual(verdictsOf(without))
    await end(cli)
    // What is killed is gone a moment later.
    const left = (): readonly string[] =>
      readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && cwdOf(pid) === made.directory)
    await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 10_000 })
  })
})

/** Where a process works; `undefined` where it has ended, or is another one's. */
function cwdOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}
