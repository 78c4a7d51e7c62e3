import { expect, test } from 'vitest'
import { reviews } from './program/reviews.mjs'
import { ranked } from './stand-in.mjs'

test('without a ranking the latest reviews come first', async () => {
  ranked.fault('GET /hotels/:id/ranked', [503, { error: 'down' }])
  expect(await reviews(7)).toEqual({ order: 'dated', reviews: ['quiet', 'lovely'] })
})
