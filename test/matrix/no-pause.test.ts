import { expect, it } from 'vitest'
import { matrixProject, runMatrix } from './matrix-project.ts'

const program = `async function ask(path) {
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), 6000)
  try {
    const response = await fetch(process.env.GATEWAY + path, { signal: giveUp.signal })
    if (!response.ok) throw new Error('the gateway answered ' + response.status)
    return await response.json()
  } finally {
    clearTimeout(timer)
  }
}
async function often(path, times, between = async () => {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(path)
    } catch (error) {
      if (attempt === times) throw error
      await between()
    }
  }
}
const pause = () => new Promise((resolve) => setTimeout(resolve, 1))
export const atOnce = () => often('/v1/at-once', 5)
export const twiceMore = () => often('/v1/twice-more', 3)
export const paused = () => often('/v1/paused', 5, pause)`

const tests = `import { test } from 'vitest'
import { atOnce, paused, twiceMore } from './rates.mjs'
test('at once', async () => { await atOnce() })
test('twice more', async () => { await twiceMore() })
test('paused', async () => { await paused() })`

it.for(['503 always', '429', 'connection refused'])(
  'blames a little who asks again without any pause, under %s, and nobody who waits for a millisecond',
  async (fault, { onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files: { 'rates.mjs': program, 'rates.test.mjs': tests } })
    const { document } = await runMatrix(made, '--fault', fault)
    const shown = document.cells.map(({ operation, verdict }) => [operation, verdict])
    expect(Object.fromEntries(shown)).toEqual({
      'GET /v1/at-once': 'retry-storm',
      'GET /v1/twice-more': 'degraded',
      'GET /v1/paused': 'degraded',
    })
    expect(document.findings).toMatchObject([
      { oracle: 'O5', harm: 'noise', evidence: ['5 attempts', 'no timer of the program in between'] },
    ])
  },
)
