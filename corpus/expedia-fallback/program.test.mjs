import './stand-in.mjs'
import { expect, test } from 'vitest'
import { reviews } from './program/reviews.mjs'

test('the best reviews come first', async () => {
  expect(await reviews(7)).toEqual({ order: 'ranked', reviews: ['lovely', 'quiet'] })
})
