import { beforeEach, expect, test } from 'vitest'
import { deleteContainer } from './program/delete-container.mjs'
import { containers } from './stand-in.mjs'

beforeEach(() => void containers.add('4711'))

test('a container is deleted', async () => {
  await deleteContainer('4711')
  expect([...containers]).toEqual([])
})
