import { beforeAll, describe, expect, it } from 'vitest'
import { mortarTest } from 'mortar/vitest'
import { ask } from './ask.mjs'

let before
beforeAll(async () => {
  before = await ask.fetch('/before', 'suite')
})

let attempts = 0
it('is tried again', { retry: 2 }, async () => {
  attempts++
  expect(await ask.fetch('/retried', 'retry')).toBe('answer for retry')
  expect(attempts).toBe(2)
})

describe('with a suite', () => {
  it.each([{ name: 'ada' }, { name: 'grace' }])('of $name', async ({ name }) => {
    expect(await ask.http('/same', name)).toBe(`answer for ${name}`)
  })
  it('which had something before', () => {
    expect(before).toBe('answer for suite')
  })
})

it('uses the cassette of another', async () => {
  if (process.env.MORTAR_RECORD !== 'none') return
  mortarTest.use('other.test/is-tried-again-bd3351')
  expect(await ask.fetch('/retried', 'whoever')).toBe('answer for retry')
})

it('fails for its own reasons', async () => {
  if (process.env.FAIL !== '1') return
  await ask.fetch('/failing', 'failing')
  expect(1).toBe(2)
})

it.skip('is skipped', () => ask.fetch('/skipped', 'skipped'))
it('skips itself', (context) => context.skip())
it.todo('is to be written')
