import { expect, test } from 'vitest'
import { print } from './program/print.mjs'
import { jobs } from './stand-in.mjs'

test('a document is printed although one answer was a page', async () => {
  jobs.fault('GET /jobs/:id', [200, '<html>back in a minute</html>'])
  expect(await print('d-1')).toBe('out.pdf')
})
