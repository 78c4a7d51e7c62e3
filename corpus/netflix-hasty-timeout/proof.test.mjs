import { expect, test } from 'vitest'
import { watched } from './program/watched.mjs'
import { history, views } from './stand-in.mjs'

test('what was watched is counted once, however slow the service is', async () => {
  for (const route of ['POST /views', 'PUT /views/:id']) history.fault(route, 'silence')
  await watched('Metropolis').catch(() => {})
  expect(views.length, 'counted twice').toBe(1)
})
