import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { expectTruth, lossLines, recordForReal } from './read-truth.ts'

test('what Polly records of real traffic is what the service sent, but for binary request bodies', async () => {
  const script = fileURLToPath(new URL('record-polly.fixture.ts', import.meta.url))
  const { exchanges, truths, origin, format, imported, text } = await recordForReal(
    'recording.har',
    (from, output, folder) => [process.execPath, script, from, output, `${folder}/recordings`],
  )

  expect(format).toBe('polly')
  expect(imported.groups.map(({ test }) => test)).toEqual([{ file: '', name: 'Suite > records traffic' }])
  expect(exchanges.length).toBe(truths.length)
  for (const [at, truth] of truths.entries()) {
    expectTruth(exchanges[at], truth.path === '/upload' ? { ...truth, requestBody: Buffer.alloc(0) } : truth, origin)
  }
  expect(exchanges[0]?.askedAt).toBe(Date.parse(JSON.parse(text).log.entries[0].startedDateTime))
  expect(lossLines(imported.losses)).toEqual(['1 request bodies'])
})
