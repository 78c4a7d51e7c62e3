import { describe, expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

/** Each function that `program` exports is what a test of its name calls. */
const suite = (program: string): Record<string, string> => ({
  'program.mjs': `const url = (path) => process.env.GATEWAY + path
${program}`,
  'program.test.mjs': `import { expect, test, vi } from 'vitest'
import * as program from './program.mjs'
for (const [name, call] of Object.entries(program)) test(name, () => call(vi))`,
})

function verdicts({ cells }: MatrixDocument): Record<string, string> {
  return Object.fromEntries(cells.map(({ test, verdict, what }) => [test.name, `${verdict}: ${what}`]))
}

describe.concurrent('time in which a program only waits', () => {
  it('passes at once, whichever timer ends it, and what is too long is told', async ({ onTestFinished: after }) => {
    const program = `import http from 'node:http'
import { setTimeout as later } from 'node:timers/promises'
export const never = async () => {
  await fetch(url('/never')).catch(() => {})
  await fetch(url('/later'))
}
export const bySignal = () => fetch(url('/signal'), { signal: AbortSignal.timeout(80_000) })
export const byTimer = async () => {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(new Error('too slow')), 80_000)
  try { await fetch(url('/timer'), { signal: stop.signal }) } finally { clearTimeout(timer) }
}
export const byPromise = () => Promise.race([
  fetch(url('/promise')), later(80_000, undefined, { ref: false }).then(() => { throw new Error('too slow') })])
export const bySocket = () => new Promise((resolve, reject) => {
  const asked = http.get(url('/socket'), (answer) => answer.resume().on('end', resolve))
  asked.setTimeout(80_000, () => asked.destroy(new Error('too slow'))).on('error', reject)
})
export const soon = () => fetch(url('/soon'), { signal: AbortSignal.timeout(3000) })`
    const { document } = await runMatrix(
      matrixProject({ after, boundaries: '', files: suite(program) }),
      '--fault',
      'no answer',
    )
    const found = verdicts(document)
    for (const name of ['bySignal', 'byTimer', 'byPromise', 'bySocket']) {
      expect(found[name]).toMatch(/^hang: it gave up only after 80 s; /)
    }
    expect(found['never']).toMatch(/^hang: it waits for ever: nothing is left that could go on; /)
    const never = document.findings.find(({ operation }) => operation === 'GET /never')
    expect(never?.faulted.map(({ text, lifted }) => (lifted ? text : text.split(' ')[1]))).toEqual([
      '/never',
      '— the fault was lifted here, as nothing more was to be expected —',
      '/later',
    ])
    expect(found['soon']).toMatch(/^degraded: .*TimeoutError/)
  })

  it('is not passed beyond an answer that is on its way', async ({ onTestFinished: after }) => {
    const program = `export const patient = async () => {
  await fetch(url('/patient'), { signal: AbortSignal.timeout(90_000) })
}
export const hasty = async () => {
  await fetch(url('/hasty'), { signal: AbortSignal.timeout(1500) })
}`
    const { document } = await runMatrix(
      matrixProject({ after, boundaries: '', files: suite(program) }),
      '--fault',
      'slow',
    )
    const found = verdicts(document)
    expect(found['patient']).toMatch(/^handled: /)
    expect(found['hasty']).toMatch(/^degraded: .*TimeoutError/)
  })

  it('is passed with patience when a finding is seen again, as somebody may be slow who owes something', async ({
    onTestFinished: after,
  }) => {
    // No timer of node's, and nothing that comes in: nobody can see that it is still to come.
    const program = `const owed = (ms) => Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms).value
export const owedSomething = async () => {
  const { ok } = await fetch(url('/owed'))
  if (ok) return
  await Promise.race([owed(40), new Promise((_, reject) => setTimeout(() => reject(new Error('nothing came')), 80_000))])
}`
    const { document } = await runMatrix(
      matrixProject({ after, boundaries: '', files: suite(program) }),
      '--fault',
      '503 always',
    )
    expect(verdicts(document)['owedSomething']).toMatch(/^(?:flaky: hang, but not when it was run again|handled)/)
  })

  it('is told alike by all of its clocks, and timers fire in their order', async ({ onTestFinished: after }) => {
    const program = `import { strict as assert } from 'node:assert'
const pause = (ms, said) => new Promise((resolve) => setTimeout(resolve, ms, said))
export const again = async () => {
  const asked = async () => { const response = await fetch(url('/again')); if (!response.ok) throw new Error('down') }
  const date = Date.now(), monotonic = performance.now(), made = new Date()
  const fired = []
  let ticks = 0
  const ticking = setInterval(() => ticks++, 1000)
  try { await asked() } catch {
    await Promise.all([pause(20_000).then(() => fired.push(20)), pause(10_000).then(() => fired.push(10))])
    const passed = [Date.now() - date, performance.now() - monotonic, new Date() - made].toSorted((a, b) => a - b)
    assert(passed[0] >= 20_000 && passed[2] < passed[0] + 500, 'the clocks do not agree: ' + passed)
    assert.deepEqual(fired, [10, 20])
    assert(ticks >= 19 && ticks <= passed[2] / 1000, ticks + ' ticks')
    assert(made instanceof Date && structuredClone(made) instanceof Date && typeof Date() === 'string')
    await asked()
  } finally { clearInterval(ticking) }
}`
    const { document } = await runMatrix(
      matrixProject({ after, boundaries: '', files: suite(program) }),
      '--fault',
      '503',
    )
    expect(verdicts(document)['again']).toMatch(/^handled: /)
  })

  it('is left to tests that have a clock of their own, and real where the other one breaks them', async ({
    onTestFinished: after,
  }) => {
    const program = `const tryTwice = async (path, pause) => {
  const first = await fetch(url(path))
  if (first.ok) return
  await pause()
  if (!(await fetch(url(path))).ok) throw new Error('down')
}
export const faked = async (vi) => {
  vi.useFakeTimers()
  try {
    const started = Date.now()
    const done = tryTwice('/faked', () => new Promise((resolve) => setTimeout(resolve, 30_000)))
    await vi.advanceTimersByTimeAsync(29_999)
    if (Date.now() - started !== 29_999) throw new Error('the clock has moved by itself')
    await vi.waitFor(() => vi.advanceTimersByTimeAsync(1).then(() => Promise.race([done, Promise.reject(new Error('not yet'))])))
  } finally { vi.useRealTimers() }
}
export const dated = async (vi) => {
  vi.setSystemTime('2001-01-01')
  try {
    await tryTwice('/dated', () => new Promise((resolve) => setTimeout(resolve, 100)))
    if (new Date().getFullYear() !== 2001) throw new Error('another year')
  } finally { vi.useRealTimers() }
}
export const strict = async () => {
  const started = process.hrtime.bigint()
  await new Promise((resolve) => setTimeout(resolve, 300))
  if (process.hrtime.bigint() - started < 290_000_000n) throw new Error('time has been passed')
  await tryTwice('/strict', () => {})
}`
    const { document } = await runMatrix(
      matrixProject({ after, boundaries: '', files: suite(program) }),
      '--fault',
      '503',
    )
    const found = verdicts(document)
    expect(Object.keys(found).toSorted()).toEqual(['dated', 'faked', 'strict'])
    for (const name of Object.keys(found)) expect(found[name], name).toMatch(/^handled: /)
    expect(document.tests.excluded).toEqual([])
  })
})
