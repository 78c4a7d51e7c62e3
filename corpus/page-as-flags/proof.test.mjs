import { expect, test } from 'vitest'
import { theme } from './program/theme.mjs'
import { flags } from './stand-in.mjs'

test('a page in place of flags is an error', async () => {
  flags.fault('GET /flags', [200, '<html><h1>Please sign in</h1></html>'])
  const said = await theme().catch((error) => error.name)
  expect(said, 'took a page for flags').toBe('ServiceError')
})
