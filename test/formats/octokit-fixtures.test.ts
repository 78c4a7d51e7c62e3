import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importText } from './import-text.ts'
import { answerBody, answerHead, lossLines } from './read-truth.ts'

const folders = ['../../node_modules/@octokit/fixtures/', '../../examples/triage-bot/node_modules/@octokit/fixtures/']
const folder = folders
  .map((one) => fileURLToPath(new URL(`${one}scenarios/`, import.meta.url)))
  .find((one) => existsSync(one))
if (!folder)
  process.stderr.write('SKIPPED: tests with real GitHub traffic, because @octokit/fixtures is not installed\n')

describe.skipIf(!folder)('real GitHub traffic of @octokit/fixtures', () => {
  const files = folder ? globSync('api.github.com/*/{normalized,raw}-fixture.json', { cwd: folder }).sort() : []

  test('every scenario is read whole, with bodies as long as GitHub said', async () => {
    expect(files.length).toBeGreaterThan(40)
    for (const file of files) {
      const text = readFileSync(`${folder}${file}`, 'utf8')
      const { exchanges, format } = await importText(text, file)
      expect(format).toBe('nock')
      expect(exchanges.length).toBe(JSON.parse(text).length)
      for (const exchange of exchanges) {
        expect(exchange.question.url).toMatch(/^https:\/\/[a-z]+\.github\.com\//)
        const length = answerHead(exchange).headers.find((line) => line.startsWith('content-length'))
        if (length !== undefined) expect(length).toBe(`content-length: ${answerBody(exchange).length}`)
        expect(exchange.askedAt).toBeGreaterThan(Date.UTC(2017, 0))
      }
    }
  })

  test('a scenario with nothing lost says so', async () => {
    const file = 'api.github.com/get-repository/raw-fixture.json'
    const { exchanges, imported } = await importText(readFileSync(`${folder}${file}`, 'utf8'), file)

    expect(exchanges.map(({ operation }) => operation)).toEqual(['GET /repos/octokit-fixture-org/hello-world'])
    expect(lossLines(imported.losses)).toEqual([])
  })
})
