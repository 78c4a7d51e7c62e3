import { describe, expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { type Project, repository } from '../support/project.ts'
import { matrixProject } from './matrix-project.ts'

/** Asks for rates, and each run of its test takes a while. */
const files = (program: string, ms: number): Record<string, string> => ({
  'rates.mjs': program,
  'rates.test.mjs': `import { test } from 'vitest'
import { rates } from './rates.mjs'
test('rates', async () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms})
  await rates()
})`,
})

const asking = `const response = await fetch(process.env.GATEWAY + '/v1/rates', { signal: AbortSignal.timeout(6000) })
  if (!response.ok) throw new Error('no rates')
  return response.json()`

const document = (made: Project): MatrixDocument => JSON.parse(made.read('.mortar/matrix.json')) as MatrixDocument

const matrix = ['matrix', '--baseline', '1', '--boundary', 'gateway', '--fail-on', 'never']

/** Begins a matrix, and ends it once there are so many cells. */
async function ended(made: Project, signal: 'SIGKILL' | 'SIGINT', isFar: () => boolean): Promise<void> {
  const running = made.start('node', [`${repository}/dist/cli/main.js`, ...matrix])
  await expect.poll(isFar, { timeout: 100_000, interval: 20 }).toBe(true)
  running.kill(signal)
  await running.ended
}

const unreached = ({ cells }: MatrixDocument): readonly string[] =>
  cells.flatMap(({ fault, verdict }) => (verdict === 'unreachable' ? [fault] : []))

/** How many cells are kept for the next matrix. */
const kept = (made: Project): number =>
  Object.values(made.files('.mortar/matrix/cache'))
    .join('')
    .match(/"struck":1/g)?.length ?? 0

describe.concurrent('a matrix that was ended before its time', () => {
  it('has kept no cell that another one has spoilt', async ({ onTestFinished: after }) => {
    // Whoever has failed once does not even ask any more.
    const spoilt = `let hasFailed = false
export async function rates() {
  if (hasFailed) throw new Error('not asked any more')
  try { ${asking} } catch (error) { hasFailed = true; throw error }
}`
    // So slow that what the others have met shows for a while before a clean run tells why, also on a busy machine.
    const made = matrixProject({ after, boundaries: '', files: files(spoilt, 600) })
    await ended(made, 'SIGKILL', () => made.has('.mortar/matrix.json') && unreached(document(made)).length > 0)
    await made.mortar(matrix)
    const next = document(made)
    expect(next.state).toBe('finished')
    expect(unreached(next)).toEqual([])
    expect(next.cells.find(({ fault }) => fault === '503 always')).toMatchObject({ verdict: 'poisoned' })
  })

  it.for(['SIGKILL', 'SIGINT'] as const)(
    'goes on where it was, but for the last few, also in the midst of one test: %s',
    async (signal, { onTestFinished: after }) => {
      const made = matrixProject({
        after,
        boundaries: '',
        files: files(`export async function rates() { ${asking} }`, 150),
      })
      await ended(made, signal, () => kept(made) >= 5)
      const known = kept(made)
      expect(known).toBeLessThan(25)
      await made.mortar(matrix)
      const cached = document(made).cells.filter((cell) => cell.cached).length
      expect(cached).toBeGreaterThanOrEqual(5)
      expect(cached).toBeGreaterThanOrEqual(known - 1)
      expect(cached).toBeLessThan(document(made).cells.length)
    },
  )
})
