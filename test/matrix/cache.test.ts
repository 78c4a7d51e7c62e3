import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { type Project, repository } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const paying = `import { path } from './deep.mjs'
import { createRequire } from 'node:module'
const { limit } = createRequire(import.meta.url)('./limit.cjs')
const ask = (path, init) => fetch(process.env.GATEWAY + path, { ...init, signal: AbortSignal.timeout(limit) })
export async function pay() { return (await ask(path, { method: 'POST' }).catch(() => ask(path, { method: 'POST' }))).json() }`

const rating = `export async function rates() { const response = await fetch(process.env.GATEWAY + '/v1/rates', { signal: AbortSignal.timeout(5000) })
  if (!response.ok) throw new Error('no rates'); return response.json() }`

/** Two test files that share no module, with one finding. */
function twoFiles(after: (close: () => void) => void): Project {
  return matrixProject({
    after,
    boundaries: '',
    config: "matrix: { env: ['MODE'] },",
    files: {
      'package-lock.json': '{}',
      'deep.mjs': `export const path = '/v1/charges'\n`,
      'limit.cjs': 'module.exports = { limit: 5000 }\n',
      'unrelated.mjs': 'export const nothing = 1\n',
      'pay.mjs': paying,
      'rates.mjs': rating,
      'pay.test.mjs': `import { test } from 'vitest'\nimport { pay } from './pay.mjs'\ntest('pays', async () => { await pay() })\n`,
      'rates.test.mjs': `import { test } from 'vitest'\nimport { rates } from './rates.mjs'\ntest('rates', async () => { await rates() })\n`,
    },
  })
}

/** Files of the tests whose cells were run anew. */
async function rerun(made: Project, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const { stdout } = await made.mortar(['matrix', '--baseline', '1', '--json', '--fault', '503'], { env })
  const { cells } = JSON.parse(stdout) as MatrixDocument
  expect(cells.map(({ test }) => test.file).toSorted()).toEqual(['pay.test.mjs', 'rates.test.mjs'])
  return [...new Set(cells.filter(({ cached }) => !cached).map(({ test }) => test.file))].toSorted()
}

describe.concurrent('what nothing has changed about is not run again', () => {
  it('cells are taken from the last run until something changes that their test depends on', async ({
    onTestFinished: after,
  }) => {
    const made = twoFiles(after)
    const both = ['pay.test.mjs', 'rates.test.mjs']
    expect(await rerun(made)).toEqual(both)
    expect(await rerun(made)).toEqual([])
    appendFileSync(join(made.directory, 'unrelated.mjs'), '// nobody imports this\n')
    made.write('README.md', 'nobody reads this\n')
    expect(await rerun(made, { OTHER: 'variable' })).toEqual([])
    for (const file of ['deep.mjs', 'pay.test.mjs', 'cassettes/pay.test/other.json']) {
      made.write(file, `${made.has(file) ? made.read(file) : '{}'}\n`)
      expect([file, await rerun(made)]).toEqual([file, ['pay.test.mjs']])
    }
    // What node has loaded by itself stays in its process, whatever tests come after it there.
    made.write('limit.cjs', `${made.read('limit.cjs')}\n`)
    expect(await rerun(made)).toContain('pay.test.mjs')
    for (const file of ['package-lock.json', 'data.json', 'gateway.mjs', 'vitest.config.mjs']) {
      made.write(file, `${made.has(file) ? made.read(file) : '{}'}\n`)
      expect([file, await rerun(made)]).toEqual([file, both])
    }
    made.write(
      'mortar.config.mjs',
      made.read('mortar.config.mjs').replace("record: 'live'", "record: 'live', risk: 'high'"),
    )
    expect(await rerun(made)).toEqual(both)
    expect(await rerun(made, { MODE: 'other' })).toEqual(both)
    expect(await rerun(made, { MODE: 'other' })).toEqual([])
  })

  it('a file that the matrix itself prints into is no data, and data that has changed is named', async ({
    onTestFinished: after,
  }) => {
    const made = twoFiles(after)
    const matrix = 'node node_modules/mortar/dist/cli/main.js matrix --baseline 1 --json --fault 503'
    const rerunBy = async (line: string): Promise<readonly [number, string]> => {
      const { stderr } = await made.start('sh', ['-c', line]).ended
      const { cells } = JSON.parse(made.read('out.json')) as MatrixDocument
      expect(cells.length).toBeGreaterThan(1)
      return [cells.filter(({ cached }) => !cached).length, stderr]
    }
    const [all, first] = await rerunBy(`${matrix} > out.json`)
    expect(all).toBeGreaterThan(1)
    expect(first).not.toContain('not all is kept')
    expect(await rerunBy(`${matrix} > out.json 2> said.txt`)).toEqual([0, ''])
    expect(made.read('said.txt')).not.toContain('not all')
    expect(await rerun(made)).toEqual([])
    made.write('data.json', '{}')
    const [anew, said] = await rerunBy(`${matrix} > out.json`)
    expect(anew).toBe(all)
    expect(said).toContain('not all of what is known holds any more: data.json was added\n')
    const [, written] = await rerunBy(`MODE=other ${matrix} 2>&1 >out.json | tee copy.txt >&2`)
    expect(written).toContain('not all of what is known holds any more: the variable MODE changed, and 1 more\n')
    expect(written).toContain('not all is kept for the next time: copy.txt was written to while the matrix ran')
  })

  it('a finding that is there behind a change as before has been seen twice; one for another reason is seen again', async ({
    onTestFinished: after,
  }) => {
    const made = twoFiles(after)
    const matrix = async (): Promise<readonly [string | undefined, boolean | undefined, boolean]> => {
      const { code, stdout, stderr } = await made.mortar(['matrix', '--json', '--fault', 'reply lost'])
      expect(code).toBe(1)
      const { cells, findings } = JSON.parse(stdout) as MatrixDocument
      expect(cells.map(({ cached }) => cached)).toEqual([undefined])
      return [findings[0]?.oracle, cells[0]?.confirmed, stderr.includes('seeing 1 finding again')]
    }
    expect(await matrix()).toEqual(['O1', true, true])
    const asked = made.read('pay.mjs')
    made.write('pay.mjs', asked.replace('AbortSignal.timeout(limit)', 'AbortSignal.timeout(limit + 1)'))
    expect(await matrix()).toEqual(['O1', true, false])
    const unheard = `.catch((error) => { void Promise.reject(error); return new Response('{}') })`
    made.write('pay.mjs', asked.replace(".catch(() => ask(path, { method: 'POST' }))", unheard))
    expect(await matrix()).toEqual(['O6', true, true])
  })

  it('what the first matrix has recorded is no change to the second', async ({ onTestFinished: after }) => {
    const { origin } = await upstream((_, response) => void response.end('{}'), { after })
    const made = twoFiles(after)
    made.write(
      'mortar.config.mjs',
      `import { http } from 'mortar'
export default { test: 'vitest run', boundaries: { gateway: http({ origin: '${origin}' }) } }`,
    )
    for (const file of ['pay.mjs', 'rates.mjs'])
      made.write(file, made.read(file).replaceAll('process.env.GATEWAY', `'${origin}'`))
    expect(await rerun(made)).toEqual(['pay.test.mjs', 'rates.test.mjs'])
    expect(await rerun(made)).toEqual([])
    const [cassette = ''] = Object.keys(made.files('cassettes/pay.test'))
    appendFileSync(join(made.directory, cassette), '\n')
    expect(await rerun(made)).toEqual(['pay.test.mjs'])
  })

  it('a finding that is known keeps its evidence, and --no-cache runs it again', async ({ onTestFinished: after }) => {
    const made = twoFiles(after)
    const first = await runMatrix(made, '--fault', 'reply lost')
    const second = await runMatrix(made, '--fault', 'reply lost')
    expect(second.document.cells.map(({ cached, confirmed }) => [cached, confirmed])).toEqual([[true, true]])
    expect(second.document.findings).toEqual(first.document.findings)
    expect(first.document.findings[0]!.faulted.some(({ struck }) => struck)).toBe(true)
    const anew = await runMatrix(made, '--fault', 'reply lost', '--no-cache')
    expect(anew.document.cells.map(({ cached }) => cached)).toEqual([undefined])
    expect((await made.mortar(['matrix', '--fault', 'reply lost'])).stdout).toContain('1 of 1 cell from earlier runs')
  })

  it('tests that start a program depend on all files, and flaky ones are looked at each time', async ({
    onTestFinished: after,
  }) => {
    const made = twoFiles(after)
    made.write(
      'rates.test.mjs',
      `import { test } from 'vitest'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { rates } from './rates.mjs'
let runs = 0
test('rates', async () => { await promisify(execFile)(process.execPath, ['unrelated.mjs']); await rates() }, 240_000)
test('flaky', async () => { if (++runs % 2) throw new Error('every other time') })
`,
    )
    await rerun(made)
    const { document } = await runMatrix(made, '--fault', '503')
    expect(document.tests.excluded.map(({ test }) => test.name)).toEqual(['flaky'])
    expect(document.cells.filter(({ cached }) => !cached)).toEqual([])
    appendFileSync(join(made.directory, 'unrelated.mjs'), '// it is run\n')
    expect(await rerun(made)).toEqual(['rates.test.mjs'])
  })

  it('a matrix that was killed goes on where it was', async ({ onTestFinished: after }) => {
    const made = twoFiles(after)
    made.write(
      'rates.test.mjs',
      `import { test } from 'vitest'\nimport { rates } from './rates.mjs'
test('rates', async () => { await new Promise((done) => setTimeout(done, 400)); await rates() })\n`,
    )
    const running = made.start('node', [
      `${repository}/dist/cli/main.js`,
      'matrix',
      '--baseline',
      '1',
      '--boundary',
      'gateway',
    ])
    await expect
      .poll(
        () =>
          Object.values(made.files('.mortar/matrix/cache'))
            .join('')
            .match(/"struck":1/g)?.length ?? 0,
        { timeout: 100_000 },
      )
      .toBeGreaterThan(2)
    running.kill('SIGKILL')
    await running.ended
    const { document } = await runMatrix(made, '--baseline', '1')
    const cached = document.cells.filter((cell) => cell.cached).length
    expect(cached).toBeGreaterThan(2)
    expect(cached).toBeLessThan(document.cells.length)
    expect(document.leftOut).toEqual([])
  })
})
