import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { answerBody, answerHead, expectTruth, isInstalled, lossLines, recordForReal } from './read-truth.ts'

const script = fileURLToPath(new URL('record-vcr.fixture.rb', import.meta.url))
const hasVcr = isInstalled('VCR for Ruby', 'ruby', ['-e', "require 'vcr'; require 'webmock'"])
const hasJson = hasVcr && isInstalled('VCR for Ruby as JSON', 'ruby', ['-e', "require 'multi_json'"])

function record(extension: string, serializer: string, exact: '0' | '1', decode: '0' | '1') {
  return recordForReal(`traffic.${extension}`, (from, _output, folder) => [
    'ruby',
    script,
    from,
    folder,
    serializer,
    exact,
    decode,
  ])
}

describe.skipIf(!hasVcr)('recordings of the real VCR', () => {
  test.each([
    ['as text', '0'],
    ['byte for byte', '1'],
  ] as const)('YAML with bodies kept %s holds exactly what the service saw and sent', async (_how, exact) => {
    const before = Date.now()
    const { exchanges, truths, origin, format, imported } = await record('yml', 'yaml', exact, '0')

    expect(format).toBe('vcr')
    expect(exchanges.length).toBe(9)
    for (const [at, truth] of truths.entries()) expectTruth(exchanges[at], truth, origin)
    expect(imported.losses).toEqual([])
    expect(exchanges[0]?.askedAt).toBeGreaterThan(before - 2000)
  })

  test('a body that VCR decoded while recording is kept decoded, and counted', async () => {
    const { exchanges, truths, imported } = await record('yml', 'yaml', '0', '1')

    const gzip = truths.findIndex(({ path }) => path === '/gzip')
    expect(answerBody(exchanges[gzip])).toEqual(gunzipSync(truths[gzip]?.body ?? Buffer.alloc(0)))
    expect(answerHead(exchanges[gzip]).headers.join()).not.toContain('content-encoding')
    expect(lossLines(imported.losses)).toEqual(['1 encoded response bodies'])
  })
})

test.skipIf(!hasJson)('JSON of the real VCR holds exactly what the service saw and sent', async () => {
  const { exchanges, truths, origin, format, imported } = await record('json', 'json', '1', '0')

  expect(format).toBe('vcr')
  expect(exchanges.length).toBe(9)
  for (const [at, truth] of truths.entries()) expectTruth(exchanges[at], truth, origin)
  expect(imported.losses).toEqual([])
})
