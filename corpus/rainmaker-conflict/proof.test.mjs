import { expect, test } from 'vitest'
import { createContainer } from './program/create-container.mjs'
import { blobs } from './stand-in.mjs'

test('a container that was created is no conflict', async () => {
  blobs.fault('POST /containers', 'lose')
  const error = await createContainer('photos').catch((caught) => caught.message)
  expect(error, 'met its own success').toBe(undefined)
})
