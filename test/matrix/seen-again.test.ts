import { describe, expect, it } from 'vitest'
import { matrixProject, runMatrix } from './matrix-project.ts'

describe.concurrent('a bad verdict that is seen again', () => {
  it('is what shows then, where another harm showed first', async ({ onTestFinished: after }) => {
    const files = {
      'pay.mjs': `import { existsSync, writeFileSync } from 'node:fs'
const before = new URL('before', import.meta.url)
export async function pay() {
  const ask = () => fetch(process.env.GATEWAY + '/v1/charges', { method: 'POST' })
  try { await ask() } catch (error) {
    if (existsSync(before)) return void Promise.reject(error)
    writeFileSync(before, '')
    await ask()
  }
}`,
      'pay.test.mjs': `import { test } from 'vitest'\nimport { pay } from './pay.mjs'\ntest('pays', async () => { await pay() })\n`,
    }
    const { document } = await runMatrix(matrixProject({ after, boundaries: '', files }), '--fault', 'reply lost')
    const found = document.findings.map(({ oracle, sentence }) => [oracle, sentence])
    expect(found).toEqual([['O6', expect.stringMatching(/→ nobody caught TypeError: fetch failed/)]])
    expect(document.cells.map(({ verdict, confirmed }) => [verdict, confirmed])).toEqual([['crash', true]])
  })
})
