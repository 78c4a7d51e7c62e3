import { describe, expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import type { Project } from '../support/project.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

/** A program behind a breaker; `closes` says when it lets something through again. */
const files = (closes: string, state = 'let failed = 0'): Record<string, string> => ({
  'rates.mjs': `${state}
let failedAt = 0
export async function rates() {
  if (failed >= 3 && !(${closes})) throw new Error('the breaker is open')
  for (let tried = 1; ; tried++) {
    const { ok } = await fetch(process.env.GATEWAY + '/v1/rates')
    if (ok) return void (failed = 0)
    failed++
    failedAt = Date.now()
    if (tried === 3) throw new Error('no rates')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
export const other = () => fetch(process.env.GATEWAY + '/v1/other')
`,
  'rates.test.mjs': `import { expect, test } from 'vitest'
import { other, rates } from './rates.mjs'
test('rates', () => rates())
test('rates again', () => rates())
test('another', async () => { expect((await other()).ok).toBe(true) })`,
})

/** How many processes the cells took, besides clean runs and seeing findings again. */
const processes = ({ read, files: filesOf }: Project): number =>
  Object.keys(filesOf('.mortar/matrix')).filter((path) => {
    if (!/\/process-\d+\.json$/.test(path)) return false
    const { cells } = JSON.parse(read(path)) as { readonly cells?: readonly unknown[] }
    return cells !== undefined
  }).length

const verdicts = ({ cells }: MatrixDocument): readonly string[] =>
  cells.map(({ test, verdict, oracle }) => `${test.name}: ${verdict} ${oracle}`.trim()).toSorted()

describe.concurrent('what runs after a cell', () => {
  it('shows that a program does not recover, and those behind it are run again by themselves', async ({
    onTestFinished: after,
  }) => {
    const made = matrixProject({ after, boundaries: '', files: files('false') })
    const { document } = await runMatrix(made, '--fault', '503 always')
    expect(verdicts(document)).toEqual(['another: degraded', 'rates again: poisoned O10', 'rates: poisoned O10'])
    expect(document.findings.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/ → the next run fails, though nothing goes wrong in it: Error: the breaker is open/),
    ])
    expect(document.cells.filter(({ verdict }) => verdict === 'poisoned').some(({ confirmed }) => confirmed)).toBe(true)
    // Its modules were evaluated anew; the finding was seen again in another process.
    expect(processes(made)).toBe(2)
  })

  it('is run in a fresh process where it is left behind somewhere else than in modules', async ({
    onTestFinished: after,
  }) => {
    const state = 'globalThis.failed ??= 0'
    const made = matrixProject({ after, boundaries: '', files: files('false', state) })
    const { document } = await runMatrix(made, '--fault', '503 always')
    expect(verdicts(document)).toEqual(['another: degraded', 'rates again: poisoned O10', 'rates: poisoned O10'])
    expect(processes(made)).toBeGreaterThan(2)
  })

  it('may fail for a while, as long as that is over when time has passed', async ({ onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files: files('Date.now() - failedAt > 10_000') })
    const { document } = await runMatrix(made, '--fault', '503 always')
    expect(verdicts(document)).toEqual(['another: degraded', 'rates again: degraded', 'rates: degraded'])
  })
})
