import { beforeEach, expect, test } from 'vitest'
import { createContainer } from './program/create-container.mjs'
import { containers } from './stand-in.mjs'

beforeEach(() => containers.clear())

test('a container is created', async () => {
  await createContainer('photos')
  expect([...containers]).toEqual(['photos'])
})
