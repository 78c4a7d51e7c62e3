import { readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { printedJson, type Project, project, type ProjectOptions } from '../support/project.ts'
import { taggedHttp2Service, taggedService } from '../support/tagged-service.ts'

const projects = join(import.meta.dirname, 'projects')
type After = NonNullable<ProjectOptions['after']>

function sources(folder: string): Record<string, string> {
  const path = join(projects, folder)
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]))
}

function config(origins: Record<string, string>): string {
  const boundaries = Object.entries(origins).map(
    ([name, origin]) => `${name}: http({ origin: '${origin}', env: '${name.toUpperCase()}' })`,
  )
  return `import { http } from 'mortar'\nexport default { boundaries: { ${boundaries.join(', ')} } }`
}

/** Names of cassettes and what they hold: `operation` of each exchange. */
function cassettes(made: Project): Record<string, string[]> {
  const files = Object.entries(made.files('cassettes'))
  return Object.fromEntries(
    files.map(([path, text]) => {
      const { test, exchanges } = JSON.parse(text) as {
        test: { name: string }
        exchanges: { operation: string }[]
      }
      return [`${path.split('/').slice(1, -1).join('/')}: ${test.name}`, exchanges.map(({ operation }) => operation)]
    }),
  )
}

interface Event {
  readonly t: string
  readonly state?: string
  readonly test?: { readonly name: string } | null
}

function journalled(made: Project): Event[] {
  const shards = Object.entries(made.files()).filter(([path]) => path.endsWith('.ndjson'))
  return shards.flatMap(([, text]) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event),
  )
}

interface VitestReport {
  readonly testResults: readonly { readonly assertionResults: readonly { fullName: string; status: string }[] }[]
}

async function vitest(
  made: Project,
  env: Record<string, string>,
  cwd = made.directory,
): Promise<{ code: number | null; states: Record<string, string> }> {
  const output = `report-${Object.values(env).join('-').replaceAll(/\W+/g, '-')}.json`
  const args = ['run', `--root=${made.directory}`, '--reporter=json', `--outputFile=${output}`]
  const { code, stderr } = await made.start('vitest', args, { env, cwd }).ended
  if (!made.has(output)) throw new Error(stderr)
  const { testResults } = JSON.parse(made.read(output)) as VitestReport
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  return { code, states: Object.fromEntries(tests.map(({ fullName, status }) => [fullName, status])) }
}

async function vitestProject(
  after: After,
): Promise<{ made: Project; env: Record<string, string>; gone(): Promise<unknown> }> {
  const service = await taggedService(after)
  const second = await taggedHttp2Service(after)
  const made = project({
    after,
    installed: true,
    packages: ['vitest', 'undici'],
    config: config({ one: service.origin, two: second.origin }),
    files: {
      ...sources('vitest'),
      'vitest.config.mjs': `import { defineConfig } from 'vitest/config'
        import { mortar } from 'mortar/vitest'
        const { POOL: pool, ISOLATE } = process.env
        export default defineConfig({ plugins: [mortar()], test: { pool, isolate: ISOLATE === 'true' } })`,
    },
  })
  const env = { BASE: service.origin, BASE2: second.origin, POOL: 'forks', ISOLATE: 'true' }
  return { made, env, gone: () => Promise.all([service.close(), second.close()]) }
}

describe('tests of vitest', () => {
  it('replay their own recordings in every kind of worker', async ({ onTestFinished: after }) => {
    const { made, env, gone } = await vitestProject(after)
    const recorded = await vitest(made, env)
    expect(recorded.states).not.toHaveProperty('failed')
    expect(recorded.code).toBe(0)
    await gone()
    const before = made.files('cassettes')
    const held = cassettes(made)
    for (const client of ['fetch', 'pool', 'http', 'http2']) {
      for (const at of [1, 2, 3]) {
        const name = `shared.test: at the same time > by ${client}, test ${at}`
        expect(held[name], name).toEqual(['GET /same', 'GET /same', 'GET /same'])
      }
    }
    expect(held).toMatchObject({
      'other.test: is tried again': ['GET /retried'],
      'other.test: with a suite > of ada': ['GET /same'],
      'other.test: with a suite > of grace': ['GET /same'],
      'other.test: other.test/outside-of-tests': ['GET /before'],
    })
    expect(Object.keys(held)).toHaveLength(16)
    const kinds = ['forks', 'threads'].flatMap((POOL) => ['true', 'false'].map((ISOLATE) => ({ POOL, ISOLATE })))
    for (const [i, kind] of kinds.entries()) {
      // One of them from another folder, as in a repository of several packages.
      const folder = i === 0 ? tmpdir() : made.directory
      expect(await vitest(made, { ...env, ...kind, MORTAR_RECORD: 'none' }, folder)).toEqual(recorded)
    }
    expect(made.files('cassettes')).toEqual(before)
    const skipped = journalled(made).filter(({ t, state }) => t === 'test' && state === 'skipped')
    expect(new Set(skipped.map(({ test }) => test?.name))).toEqual(
      new Set(['is skipped', 'skips itself', 'is to be written']),
    )
  })

  it('fail themselves on an unexpected call, even one whose error they swallow', async ({ onTestFinished: after }) => {
    const { made, env, gone } = await vitestProject(after)
    const { states } = await vitest(made, env)
    await gone()
    const wrong = ['fetch-1', 'pool-2', 'http-3', 'http2-2']
    const replay = await vitest(made, { ...env, MORTAR_RECORD: 'none', MISBEHAVE: wrong.join(' ') })
    const failed = wrong.map((tag) => [`at the same time by ${tag.replace('-', ', test ')}`, 'failed'])
    expect(replay).toEqual({ code: 1, states: { ...states, ...Object.fromEntries(failed) } })
  })

  it('save nothing when they fail', async ({ onTestFinished: after }) => {
    const { made, env } = await vitestProject(after)
    const { states } = await vitest(made, { ...env, FAIL: '1' })
    expect(states).toMatchObject({ 'fails for its own reasons': 'failed', 'is tried again': 'passed' })
    expect(Object.keys(cassettes(made))).not.toContain('other.test: fails for its own reasons')
    expect(journalled(made)).toContainEqual(expect.objectContaining({ t: 'warning', code: 'MORTAR_NOT_SAVED' }))
  })
})

describe('tests of node:test', () => {
  it('replay their own recordings, and fail themselves on an unexpected call', async ({ onTestFinished: after }) => {
    const service = await taggedService(after)
    const made = project({ after, config: config({ one: service.origin }), files: sources('node-test') })
    const run = async (
      env: Record<string, string> = {},
    ): Promise<{ code: number | null; states: Record<string, string> }> => {
      const options = { env: { BASE: service.origin, ...env } }
      const { code, stdout } = await made.node(['--test', '--test-reporter=tap', 'orders.test.mjs'], options)
      const lines = [...stdout.matchAll(/^ *(not ok|ok) \d+ - (.*?)(?: # (SKIP).*)?$/gm)]
      return { code, states: Object.fromEntries(lines.map(([, state = '', name = '', skip]) => [name, skip ?? state])) }
    }
    const recorded = await run()
    expect(recorded).toMatchObject({
      code: 0,
      states: { 'by http, test 3': 'ok', 'that asks': 'ok', 'is skipped': 'SKIP' },
    })
    await service.close()
    const held = cassettes(made)
    expect(Object.keys(held)).toHaveLength(7)
    expect(held).toMatchObject({
      'orders.test: at the same time > by http, test 1': ['GET /same', 'GET /same', 'GET /same'],
    })
    expect(await run({ MORTAR_RECORD: 'none' })).toEqual(recorded)
    const [fetching, viaHttp, late] = await Promise.all([
      run({ MORTAR_RECORD: 'none', MISBEHAVE: 'fetch-2' }),
      run({ MORTAR_RECORD: 'none', MISBEHAVE: 'http-1' }),
      run({ MORTAR_RECORD: 'none', LATE: '1' }),
    ])
    const suite = { 'at the same time': 'not ok' }
    expect(fetching).toEqual({ code: 1, states: { ...recorded.states, ...suite, 'by fetch, test 2': 'not ok' } })
    expect(viaHttp).toEqual({ code: 1, states: { ...recorded.states, ...suite, 'by http, test 1': 'not ok' } })
    expect(late).toMatchObject({ code: 1, states: recorded.states })
    const byItself = { env: { BASE: service.origin, MORTAR_RECORD: 'none', LATE: '1' } }
    expect((await made.node(['orders.test.mjs'], byItself)).code).toBe(1)
    const skipped = journalled(made).filter(({ t, state }) => t === 'test' && state === 'skipped')
    expect(new Set(skipped.map(({ test }) => test?.name))).toEqual(new Set(['is skipped']))
  })
})

describe('workers in other languages', () => {
  it('have their own recordings through listeners and proxy, test by test', async ({ onTestFinished: after }) => {
    const service = await taggedService(after)
    const made = project({
      after,
      config: config({ listener: service.origin }),
      files: { 'workers.mjs': readFileSync(join(projects, 'workers.mjs'), 'utf8') },
    })
    type Seen = Record<string, Record<string, unknown>[]>
    const run = async (env: Record<string, string>): Promise<Seen> =>
      printedJson(await made.mortar(['run', '--', 'node', 'workers.mjs'], { env: { BASE: service.origin, ...env } }))
    const recorded = await run({ MORTAR_RECORD: 'once' })
    const seenBy = (worker: string, exchanges: number): object[] =>
      ['first', 'second'].map((name) => {
        const answer = `answer for ${worker}`
        return { name, byListener: answer, byProxy: answer, failures: [], exchanges }
      })
    expect(recorded).toEqual(Object.fromEntries(['gw0', 'gw1', 'gw2'].map((name) => [name, seenBy(name, 2)])))
    const names = ['gw0', 'gw1', 'gw2'].flatMap((name) => [`tests/${name}: first`, `tests/${name}: second`])
    expect(cassettes(made)).toEqual(Object.fromEntries(names.map((name) => [name, ['GET /same', 'GET /same']])))
    await service.close()
    const replayed = await run({ MORTAR_RECORD: 'none', MISBEHAVE: 'gw1 second' })
    expect(replayed).toEqual({
      gw0: seenBy('gw0', 0),
      gw1: [seenBy('gw1', 0)[0], { ...seenBy('gw1', 0)[1], wrong: 'MORTAR_MISS', failures: ['MORTAR_MISS'] }],
      gw2: seenBy('gw2', 0),
    })
    const ended = journalled(made).filter(({ t, state }) => t === 'test' && state === 'failed')
    expect(ended.map(({ test }) => test)).toEqual([{ file: 'tests/gw1.py', name: 'second' }])
  })
})
