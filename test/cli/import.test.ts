import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ImportResult } from '../../src/cli/import/import-recordings.ts'
import { type Project, project } from '../support/project.ts'
import { nockDefinition } from './nock-definition.ts'

const config = `import { defineConfig, http } from 'mortar'
export default defineConfig({ boundaries: { github: http({ origin: 'https://api.github.com', owner: 'external' }) } })`
const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'

function withFixture(path: string, definitions: readonly object[]): Project {
  return project({ config, files: { [path]: JSON.stringify(definitions) } })
}

interface Kept {
  readonly test: { readonly file: string; readonly name: string }
  readonly recorded: { readonly at: string; readonly by: string }
  readonly exchanges: readonly { readonly boundary: string; readonly operation: string; readonly at: string }[]
  readonly redactions: readonly { readonly kind: string; readonly count: number }[]
}

function cassette(here: Project, path: string): Kept {
  return JSON.parse(here.read(path)) as Kept
}

describe('mortar import', () => {
  it('makes a cassette of a file, with the times of the recording, that tests use by name', async () => {
    const here = withFixture('fixtures/get-user.json', [nockDefinition({ daysOld: 400 })])
    const { code, stdout } = await here.mortar(['import', 'nock', 'fixtures/get-user.json'])
    expect(code).toBe(0)
    expect(stdout).toContain('Imported 1 exchange from 1 nock file into 1 cassette')
    expect(stdout).toContain('Recorded 1 year ago')
    expect(stdout).toContain("mortarTest.use('imported/get-user')")
    const kept = cassette(here, 'cassettes/imported/get-user.json')
    expect(kept.test).toEqual({ file: '', name: 'imported/get-user' })
    expect(kept.exchanges).toMatchObject([{ boundary: 'github', operation: 'GET /user' }])
    expect(kept.recorded.by).toBe('imported, nock: fixtures/get-user.json')
    expect(kept.recorded.at).toBe(kept.exchanges[0]?.at)
    expect(Date.now() - Date.parse(kept.recorded.at)).toBeGreaterThan(399 * 86_400_000)
  })

  it('finds the format by itself', async () => {
    const here = withFixture('a.json', [nockDefinition()])
    const { stdout } = await here.mortar(['import', 'auto', 'a.json', '--json'])
    expect((JSON.parse(stdout) as ImportResult).files).toEqual([
      { path: 'a.json', format: 'nock', exchanges: 1, carried: 1 },
    ])
  })

  it('replaces secrets before anything is written, and counts them', async () => {
    const here = withFixture('a.json', [nockDefinition({ requestHeaders: { authorization: `token ${secret}` } })])
    const { code, stdout } = await here.mortar(['import', 'nock', 'a.json'])
    expect(code).toBe(0)
    expect(stdout).toContain('1 secret replaced')
    expect(here.read('cassettes/imported/a.json')).not.toContain(secret)
    expect(cassette(here, 'cassettes/imported/a.json').redactions).toMatchObject([{ count: 1 }])
  })

  it('changes nothing when the same files are imported again, even if they were copied anew', async () => {
    const here = withFixture('a.json', [nockDefinition(), nockDefinition({ path: '/repos/a/b' })])
    await here.mortar(['import', 'nock', 'a.json'])
    const before = here.files('cassettes')
    const file = join(here.directory, 'cassettes/imported/a.json')
    const { mtimeMs } = statSync(file)
    utimesSync(join(here.directory, 'a.json'), new Date(), new Date())
    const { stdout } = await here.mortar(['import', 'nock', 'a.json'])
    expect(stdout).toContain('Nothing new')
    expect(stdout).toContain('unchanged')
    expect(here.files('cassettes')).toEqual(before)
    expect(statSync(file).mtimeMs).toBeGreaterThanOrEqual(mtimeMs)
  })

  it('names the cassettes by folder where all files are called the same', async () => {
    const one = JSON.stringify([nockDefinition()])
    const files = { 'scenarios/get-user/normalized-fixture.json': one, 'scenarios/lock/normalized-fixture.json': one }
    const here = project({ config, files })
    const { code } = await here.mortar(['import', 'nock', 'scenarios/*/normalized-fixture.json'])
    expect(code).toBe(0)
    expect(Object.keys(here.files('cassettes'))).toEqual([
      'cassettes/imported/get-user.json',
      'cassettes/imported/lock.json',
    ])
  })

  it('binds recordings to a test, and keeps what that test recorded itself', async () => {
    const here = withFixture('a.json', [nockDefinition()])
    here.write('b.json', JSON.stringify([nockDefinition({ path: '/repos/a/b' })]))
    const test = 'test/a.test.ts > issues > reads'
    await here.mortar(['import', 'nock', 'a.json', '--test', test])
    await here.mortar(['import', 'nock', 'b.json', '--test', test])
    await here.mortar(['import', 'nock', 'b.json', '--test', test])
    const [path, ...others] = Object.keys(here.files('cassettes'))
    expect(others).toEqual([])
    expect(path).toMatch(/^cassettes\/test\/a\.test\/issues-reads-[0-9a-f]{6}\.json$/)
    const kept = cassette(here, path!)
    expect(kept.test).toEqual({ file: 'test/a.test.ts', name: 'issues > reads' })
    expect(kept.exchanges.map(({ operation }) => operation).toSorted()).toHaveLength(2)
  })

  it('puts everything into one cassette for --to', async () => {
    const here = withFixture('a.json', [nockDefinition()])
    here.write('b.json', JSON.stringify([nockDefinition({ path: '/repos/a/b' })]))
    await here.mortar(['import', 'nock', 'a.json', 'b.json', '--to', 'shared/github'])
    expect(cassette(here, 'cassettes/shared/github.json').exchanges).toHaveLength(2)
  })

  it('leaves out what no boundary claims, counts it, and says what would claim it', async () => {
    const here = withFixture('a.json', [
      nockDefinition(),
      nockDefinition({ scope: 'https://uploads.github.com:443' }),
      nockDefinition({ scope: 'https://api.acme.io:443' }),
      nockDefinition({ scope: 'https://api.acme.io:443', path: '/b' }),
    ])
    const { code, stdout } = await here.mortar(['import', 'nock', 'a.json'])
    expect(code).toBe(0)
    expect(stdout).toContain('Imported 1 of 4 exchanges')
    expect(stdout).toContain('2 × https://api.acme.io')
    expect(stdout).toContain("acme: http({ origin: 'https://api.acme.io' }),")
    expect(stdout).toContain("aliases: ['https://uploads.github.com'],")
  })

  it('exits 1 when nothing of what was there could be imported', async () => {
    const here = withFixture('a.json', [nockDefinition({ scope: 'https://api.acme.io:443' })])
    const { code, stdout } = await here.mortar(['import', 'nock', 'a.json'])
    expect(code).toBe(1)
    expect(stdout).toContain('Imported nothing')
    expect(here.has('cassettes')).toBe(false)
  })

  it('takes the boundary that is named, and knows when there is none of that name', async () => {
    const here = withFixture('a.json', [nockDefinition({ scope: 'https://ghe.acme.io:443' })])
    expect((await here.mortar(['import', 'nock', 'a.json', '--boundary', 'github'])).code).toBe(0)
    expect(cassette(here, 'cassettes/imported/a.json').exchanges).toMatchObject([{ boundary: 'github' }])
    const unknown = await here.mortar(['import', 'nock', 'a.json', '--boundary', 'gihtub'])
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('Did you mean `github`?')
  })

  it('writes nothing in a dry run', async () => {
    const here = withFixture('a.json', [nockDefinition()])
    const { stdout } = await here.mortar(['import', 'nock', 'a.json', '--dry-run'])
    expect(stdout).toContain('Would import 1 exchange')
    expect(stdout).toContain('Nothing was written')
    expect(here.has('cassettes')).toBe(false)
  })

  it.each([
    ['missing.json', 'there is no such file'],
    ['folder', 'this is a folder'],
    ['cut.json', 'MORTAR_IMPORT_UNREADABLE'],
    ['noise.bin', 'MORTAR_IMPORT_UNREADABLE'],
  ])('names %s, imports the others and exits 3', async (name, message) => {
    const here = withFixture('good.json', [nockDefinition()])
    here.write('folder/x.json', '[]')
    here.write('cut.json', JSON.stringify([nockDefinition()]).slice(0, 80))
    here.write('noise.bin', '\0\u0001\u0002')
    const { code, stdout, stderr } = await here.mortar(['import', 'nock', name, 'good.json'])
    expect(code).toBe(3)
    expect(stdout + stderr).toContain(message)
    expect(stdout).toContain(name)
    expect(stdout).toContain('→ ')
    expect(cassette(here, 'cassettes/imported/good.json').exchanges).toHaveLength(1)
  })

  it('says what it expected when a file is of no known format', async () => {
    const here = project({ config, files: { 'a.txt': 'hello' } })
    const { code, stdout } = await here.mortar(['import', 'auto', 'a.txt'])
    expect(code).toBe(3)
    expect(stdout).toContain('looks like none of the formats')
  })

  it('says of a file that is not there what to check, and nothing of its content', async () => {
    const { code, stdout } = await project({ config }).mortar(['import', 'har', 'nope.har'])
    expect(code).toBe(3)
    expect(stdout).toContain('there is no such file')
    expect(stdout).toContain('→ Check the name;')
    expect(stdout).not.toContain('whole')
  })

  it('shows the first of many cassettes, and counts the others by what became of them', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `fixtures/f${i}.json`)
    const files = Object.fromEntries(names.map((name) => [name, JSON.stringify([nockDefinition()])]))
    const here = project({ config, files })
    const first = await here.mortar(['import', 'nock', ...names.slice(0, 8)])
    expect(first.stdout.match(/^imported\/f\d .* new$/gm)).toHaveLength(5)
    expect(first.stdout).toContain('and 3 more cassettes: 3 new')
    const again = await here.mortar(['import', 'nock', ...names])
    expect(again.stdout).toContain('and 4 more cassettes: 3 unchanged, 1 new')
  })

  it('lists what the format could not carry', async () => {
    const { rawHeaders: _left, ...definition } = nockDefinition() as Record<string, unknown>
    const here = withFixture('a.json', [{ ...definition, headers: { date: 'Mon, 01 Jan 2018 00:00:00 GMT' }, odd: 1 }])
    const { stdout } = await here.mortar(['import', 'nock', 'a.json'])
    expect(stdout).toContain('Not carried')
    expect(stdout).toContain('1 × `odd` fields')
  })
})

describe('mortar export', () => {
  it('writes HAR that comes back as the same recordings', async () => {
    const here = withFixture('a.json', [
      nockDefinition(),
      nockDefinition({ method: 'POST', path: '/repos', body: { a: 1 } }),
    ])
    await here.mortar(['import', 'nock', 'a.json'])
    const { code, stdout } = await here.mortar(['export', 'har', '--out', 'all.har'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2 exchanges of 1 cassette written to all.har\n' })
    const log = (JSON.parse(here.read('all.har')) as { log: { version: string; entries: unknown[] } }).log
    expect([log.version, log.entries.length]).toEqual(['1.2', 2])
    const before = cassette(here, 'cassettes/imported/a.json').exchanges
    await here.mortar(['import', 'har', 'all.har', '--to', 'back'])
    expect(cassette(here, 'cassettes/back.json').exchanges).toEqual(before)
  })

  it('says which address no boundary claims, also when it was edited to be none', async () => {
    const here = withFixture('a.json', [nockDefinition()])
    await here.mortar(['import', 'nock', 'a.json'])
    const { stdout } = await here.mortar(['export', 'har'])
    const address = '"url": "https://api.github.com/'
    expect(stdout).toContain(address)
    const odd = stdout.replace(address, '"url": "mailto:').replace('"boundary": "github"', '"boundary": ""')
    writeFileSync(join(here.directory, 'odd.har'), odd)
    const imported = await here.mortar(['import', 'har', 'odd.har'])
    expect(imported.stderr + imported.stdout).toContain('mailto:')
    expect(imported.stderr + imported.stdout).not.toContain('MORTAR_INTERNAL')
  })

  it('writes the document to stdout and the rest to stderr when no file is named', async () => {
    const here = withFixture('a.json', [nockDefinition()])
    await here.mortar(['import', 'nock', 'a.json'])
    const { stdout, stderr } = await here.mortar(['export', 'har', 'imported/a'])
    expect((JSON.parse(stdout) as { log: { entries: unknown[] } }).log.entries).toHaveLength(1)
    expect(stderr).toContain('1 exchange of 1 cassette written')
    const json = JSON.parse((await here.mortar(['export', 'har', '--json'])).stdout) as object
    expect(json).toMatchObject({
      format: 'har',
      file: null,
      exchanges: 1,
      losses: [],
      har: { log: { version: '1.2' } },
    })
  })

  it('knows a cassette that is not there, and a project without any', async () => {
    const here = withFixture('get-user.json', [nockDefinition()])
    const none = await here.mortar(['export', 'har'])
    expect(none.code).toBe(3)
    expect(none.stderr).toContain('there are no cassettes to export')
    await here.mortar(['import', 'nock', 'get-user.json'])
    const wrong = await here.mortar(['export', 'har', 'imported/get-usre'])
    expect(wrong.code).toBe(3)
    expect(wrong.stderr).toContain('Did you mean `imported/get-user`?')
  })
})
