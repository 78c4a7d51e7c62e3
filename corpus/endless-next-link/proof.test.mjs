import { pause } from 'corpus-kit/ask'
import { expect, test } from 'vitest'
import { issues } from './program/issues.mjs'
import { endless } from './stand-in.mjs'

test('a list without an end is not read for ever', async () => {
  endless.pages = true
  const asked = issues().then(
    () => 'an answer',
    () => 'an error',
  )
  const ended = await Promise.race([asked, pause(2000).then(() => 'nothing')])
  endless.pages = false
  expect(ended, 'read for ever').toBe('an error')
})
