import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { answerBody, answerHead, expectTruth, isInstalled, recordForReal } from './read-truth.ts'

const python = '/usr/bin/python3'
const script = fileURLToPath(new URL('record-vcrpy.fixture.py', import.meta.url))

describe.skipIf(!isInstalled('vcrpy', python, ['-c', 'import vcr']))('recordings of the real vcrpy', () => {
  test('YAML holds exactly what the service saw and sent', async () => {
    const { exchanges, truths, origin, format, imported } = await recordForReal('cassette.yaml', (from, output) => [
      python,
      script,
      from,
      output,
      'yaml',
      '0',
    ])

    expect(format).toBe('vcrpy')
    expect(exchanges.length).toBe(9)
    for (const [at, truth] of truths.entries()) expectTruth(exchanges[at], truth, origin)
    expect(imported.losses).toEqual([])
    expect(exchanges[0]?.askedAt).toBe(Date.UTC(2025, 2, 4, 5, 6, 7))
  })

  test.each(['yaml', 'json'])('bodies that vcrpy decoded while recording are kept decoded (%s)', async (serializer) => {
    const { exchanges, truths, origin, imported } = await recordForReal(`cassette.${serializer}`, (from, output) => [
      python,
      script,
      from,
      output,
      serializer,
      '1',
    ])

    expect(exchanges.length).toBe(truths.length)
    for (const [at, truth] of truths.entries()) {
      if (truth.path === '/gzip') {
        expect(answerBody(exchanges[at])).toEqual(gunzipSync(truth.body))
        expect(answerHead(exchanges[at]).headers).toEqual([
          'connection: close',
          'content-length: 34',
          'content-type: application/json',
          'date: Tue, 04 Mar 2025 05:06:07 GMT',
        ])
      } else expectTruth(exchanges[at], truth, origin)
    }
    // vcrpy takes the header out itself, so that nothing is left to say that the body was ever encoded.
    expect(imported.losses).toEqual([])
  })
})
