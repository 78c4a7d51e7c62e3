import { describe, expect, it } from 'vitest'
import type { Summary } from '../../src/run/summary/types.ts'
import { type Project, project } from '../support/project.ts'

const plugin = "add `plugins: [mortar()]` from 'mortar/vitest' to the vitest config"
const test = `import { test } from 'vitest'
test('adds', () => {})`

async function check(files: Record<string, string>, after: (close: () => void) => void): Promise<Summary> {
  const made: Project = project({
    after,
    config: `import { http } from 'mortar'
export default { boundaries: { github: http({ origin: 'http://127.0.0.1:9', env: 'GITHUB' }) } }`,
    files: { 'package.json': '{ "type": "module", "scripts": { "test": "vitest run" } }', ...files },
    packages: ['vitest'],
  })
  const { stdout, stderr } = await made.mortar(['check', '--json'])
  if (!stdout.startsWith('{"version"')) throw new Error(stdout + stderr)
  return JSON.parse(stdout) as Summary
}

describe.concurrent('a check in which no test was seen', () => {
  it('names the plugin that is missing, where the script of the project runs vitest', async ({
    onTestFinished: after,
  }) => {
    const { findings } = await check({ 'a.test.mjs': test }, after)
    expect(findings).toMatchObject([{ code: 'MORTAR_VACUOUS', fix: expect.stringContaining(plugin) as string }])

    const asks = `import { test } from 'vitest'
test('asks', () => fetch(process.env.GITHUB + '/zen').catch(() => {}))`
    const crossed = await check({ 'a.test.mjs': asks }, after)
    const named = crossed.findings.find(({ code }) => code === 'MORTAR_PLUGIN_MISSING')
    expect(named).toMatchObject({ severity: 'warning', fix: expect.stringContaining(plugin) as string })
  })

  it('does not blame a plugin that is there', async ({ onTestFinished: after }) => {
    const config = `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { passWithNoTests: false } }`
    const failed = await check({ 'vitest.config.mjs': config }, after)
    expect(failed.findings).toMatchObject([{ code: 'MORTAR_TEST_COMMAND_FAILED', detail: '' }])
    const lenient = { 'vitest.config.mjs': config.replace('false', 'true') }
    const { findings } = await check(lenient, after)
    expect(findings).toMatchObject([{ code: 'MORTAR_VACUOUS' }])
    expect(findings[0]?.fix).not.toContain(plugin)
  })
})
