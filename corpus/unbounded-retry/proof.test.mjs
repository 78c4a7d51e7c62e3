import { pause } from 'corpus-kit/ask'
import { expect, test } from 'vitest'
import { pieces } from './program/pieces.mjs'
import { stock } from './stand-in.mjs'

test('a service that is down is given up', async () => {
  stock.fault('GET /stock/:id', [503, { error: 'down' }], { times: 200 })
  const asked = pieces(42).then(
    () => 'an answer',
    () => 'an error',
  )
  const ended = await Promise.race([asked, pause(1500).then(() => 'nothing')])
  expect(ended, 'asked for ever').toBe('an error')
})
