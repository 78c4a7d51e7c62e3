import './stand-in.mjs'
import { expect, test } from 'vitest'
import { print } from './program/print.mjs'

test('a document is printed', async () => {
  expect(await print('d-1')).toBe('out.pdf')
})
