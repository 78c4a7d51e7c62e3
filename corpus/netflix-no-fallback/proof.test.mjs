import { expect, test } from 'vitest'
import { homepage } from './program/homepage.mjs'
import { bookmarks } from './stand-in.mjs'

test('a page without bookmarks is still a page', async () => {
  bookmarks.fault('GET /bookmarks/:user', [503, { error: 'down' }])
  const page = await homepage(42).catch((error) => error.name)
  expect(page, 'the page is down').toEqual({ resume: [], trending: ['Metropolis'] })
})
