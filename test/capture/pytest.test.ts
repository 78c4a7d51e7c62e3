import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { project, repository } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

const installed = spawnSync('python3', ['-c', 'import pytest']).status === 0
if (!installed) console.warn('SKIPPED: docs/other-languages.md is not tested with pytest, because it is not installed.')

/** What the documentation tells people to put into their project. */
const conftest =
  /```python\n([^]+?)```/.exec(readFileSync(join(repository, 'docs/other-languages.md'), 'utf8'))?.[1] ?? ''

const tests = `
import os, urllib.request, pytest

def ask(path):
    return urllib.request.urlopen(os.environ["SHOP"] + path).read().decode()

def test_passes():
    assert ask("/passes") == "at /passes"

def test_fails():
    ask("/fails")
    assert os.environ.get("MENDED")

@pytest.mark.skip
def test_is_skipped():
    ask("/skipped")
`

interface Cassette {
  readonly test: { readonly file: string; readonly name: string }
}

describe.skipIf(!installed)('the conftest.py of the documentation', () => {
  it('gives each test a cassette, and saves none of a test that failed', async () => {
    expect(conftest).toContain('pytest_runtest_makereport')
    const service = await upstream((request, response) => {
      request.resume().on('end', () => response.end(`at ${request.url}`))
    })
    const made = project({
      config: `import { http } from 'mortar'
      export default { boundaries: { shop: http({ origin: '${service.origin}', env: 'SHOP' }) } }`,
      files: { 'conftest.py': conftest, 'tests/test_shop.py': tests },
    })
    const pytest = (env: Record<string, string>): ReturnType<typeof made.mortar> =>
      made.mortar(['run', '--', 'python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider'], { env })
    const saved = (): string[] =>
      Object.entries(made.files('cassettes')).map(([, text]) => (JSON.parse(text) as Cassette).test.name)

    const recording = await pytest({ MORTAR_RECORD: 'all' })
    expect(recording.stdout).toContain('1 failed, 1 passed, 1 skipped')
    expect(recording.code).toBe(1)
    expect(recording.stderr).toMatch(/^MORTAR_NOT_SAVED .*test_fails/m)
    expect(saved()).toEqual(['test_passes'])

    await service.close()
    const replay = await pytest({ MORTAR_RECORD: 'none', MENDED: '1' })
    expect(replay.stdout).toContain('No recording answers GET')
    expect(replay.stdout).toMatch(/test_passes|\. *\[/)
    expect(replay.stderr).toContain('1 replayed')
    expect(replay.stderr).toContain('npx mortar run -- python3 -m pytest -q -p no:cacheprovider tests/test_shop.py')
  })
})
