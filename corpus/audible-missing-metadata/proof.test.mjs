import { expect, test } from 'vitest'
import { download } from './program/download.mjs'
import { metadata } from './stand-in.mjs'

test('missing metadata is said to be missing', async () => {
  metadata.fault('GET /books/:id/metadata', [404, { error: 'not found' }])
  const error = await download(7).catch((caught) => caught)
  expect(error.message, 'says nothing of the metadata').toContain('metadata')
})
