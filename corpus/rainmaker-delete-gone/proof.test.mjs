import { expect, test } from 'vitest'
import { deleteContainer } from './program/delete-container.mjs'
import { blobs, containers } from './stand-in.mjs'

test('a container that was deleted is not missing', async () => {
  containers.add('4711')
  blobs.fault('DELETE /containers/:name', 'lose')
  const error = await deleteContainer('4711').catch((caught) => caught.message)
  expect(error, 'met its own success').toBe(undefined)
})
