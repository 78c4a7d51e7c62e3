import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BoundaryMap } from '../../src/run/map-boundaries.ts'
import { type Project, project } from '../support/project.ts'
import { nockDefinition } from './nock-definition.ts'

const config = `import { defineConfig, http } from 'mortar'
export default defineConfig({
  boundaries: {
    github: http({ origin: 'https://api.github.com', aliases: ['https://uploads.github.com'], owner: 'external',
      risk: 'high', env: 'GITHUB_API_URL', refreshEvery: '7d' }),
    stripe: http({ origin: 'https://api.stripe.com' }),
  },
})`

async function recorded(days: readonly number[], configText = config): Promise<Project> {
  const definitions = days.map((daysOld, at) => nockDefinition({ daysOld, path: `/repos/a/${at}` }))
  const here = project({ config: configText, files: { 'fixtures/repos.json': JSON.stringify(definitions) } })
  const { code, stderr } = await here.mortar([
    'import',
    'nock',
    'fixtures/repos.json',
    '--test',
    'test/a.test.ts > reads',
  ])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return here
}

async function mapJson(here: Project): Promise<BoundaryMap> {
  return JSON.parse((await here.mortar(['map', '--json'])).stdout) as BoundaryMap
}

describe('mortar map', () => {
  it('shows each boundary with its recordings and their age', async () => {
    const { code, stdout } = await (await recorded([3, 5])).mortar(['map'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^github +high +2 in 1 test +3 to 5 days ago +fresh \(7d\)$/m)
    expect(stdout).toContain('https://api.github.com, https://uploads.github.com · http · owner external')
    expect(stdout).toMatch(/^stripe +medium +none +-/m)
    expect(stdout).not.toContain('No recordings yet')
  })

  it('calls recordings stale that are older than refreshEvery, and says what to do', async () => {
    const here = await recorded([3, 9, 400])
    const { stdout } = await here.mortar(['map'])
    expect(stdout).toMatch(/^github .* 3 days to 1 year ago +2 stale \(7d\)$/m)
    expect(stdout).toContain('→ `mortar record`')
    const [github, stripe] = (await mapJson(here)).boundaries
    expect(github).toMatchObject({
      name: 'github',
      declared: true,
      origins: ['https://api.github.com', 'https://uploads.github.com'],
      env: 'GITHUB_API_URL',
      recordings: { exchanges: 3, cassettes: 1, tests: 1 },
      stale: 2,
      lastRun: null,
    })
    expect(stripe).toMatchObject({ recordings: { exchanges: 0, oldestAt: null }, stale: 0 })
  })

  it('shows recordings of a boundary that the config no longer has', async () => {
    const here = await recorded([3])
    here.write('mortar.config.mjs', 'export default {}')
    const { stdout } = await here.mortar(['map'])
    expect(stdout).toContain('declares no boundary')
    expect(stdout).toContain('not in the config: its recordings answer nothing')
    expect((await mapJson(here)).boundaries).toMatchObject([{ name: 'github', declared: false }])
  })

  it('says what to do without a config', async () => {
    const { code, stdout } = await project().mortar(['map'])
    expect(code).toBe(0)
    expect(stdout).toContain('There is no mortar.config here')
    expect(stdout).toContain('→ `mortar init`')
  })

  it('says what to do without recordings', async () => {
    const { stdout } = await project({ config }).mortar(['map'])
    expect(stdout).toContain('No recordings yet')
    expect(stdout).toContain('`mortar check`')
  })

  it('takes the config that --config names', async () => {
    const here = project({ files: { 'other/special.config.mjs': config } })
    const map = JSON.parse(
      (await here.mortar(['map', '--json', '--config', 'other/special.config.mjs'])).stdout,
    ) as BoundaryMap
    expect(map.config).toBe(join(here.directory, 'other/special.config.mjs'))
    const missing = await here.mortar(['map', '--config=nowhere.mjs'])
    expect(missing.code).toBe(3)
    expect(missing.stderr).toContain('MORTAR_CONFIG_UNREADABLE')
  })

  it('names a cassette that it cannot read, still shows the others, and exits 3', async () => {
    const here = await recorded([3])
    here.write('cassettes/cut.json', '{\n  "mortar": 1,\n  "test"')
    const { code, stdout } = await here.mortar(['map'])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^github /m)
    expect(stdout).toContain('MORTAR_CASSETTE_UNREADABLE')
    expect(stdout).toContain('cassettes/cut.json:3:')
    expect((await mapJson(here)).problems).toMatchObject([{ code: 'MORTAR_CASSETTE_UNREADABLE' }])
  })

  it('shows what the last run asked of each boundary', async () => {
    const here = await recorded([3])
    const event = (fields: object): string => `${JSON.stringify({ at: Date.now(), ...fields })}\n`
    const ask = { t: 'ask', id: 'a', boundary: 'github', protocol: 'http', operation: 'GET /user', effect: false }
    here.write(
      '.mortar/runs/20991231T235959-0000/1.ndjson',
      [
        event({ t: 'run', version: 1, pid: 1, command: 'vitest' }),
        event({ ...ask, door: 'proxy', by: 'cassette', test: null, summary: '' }),
        event({ t: 'miss', boundary: 'github', operation: 'GET /x', test: null, cause: 'never', explanation: '' }),
        event({ t: 'unknown', address: 'https://x.io', test: null, policy: 'error' }),
        event({ t: 'close' }),
      ].join(''),
    )
    const { stdout } = await here.mortar(['map'])
    expect(stdout).toMatch(/^github .* 1 asked, 1 missed$/m)
    expect(stdout).toMatch(/^stripe .* not asked$/m)
    expect(stdout).toContain('1 call to addresses of no boundary')
  })
})
