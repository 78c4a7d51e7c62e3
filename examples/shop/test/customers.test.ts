import { expect, test } from 'vitest'
import { useShop } from './support/test-shop.ts'

const shop = useShop()

// Both tests register the same address, which the database allows once.
test('somebody can register', async () => {
  const { status, body } = await shop.post('/customers', { email: 'ada@example.com', name: 'Ada' })
  expect(status).toBe(201)
  expect(body).toMatchObject({ email: 'ada@example.com', name: 'Ada' })
})

test('an address can be registered once', async () => {
  await shop.customer('ada@example.com')
  const { status, body } = await shop.post<{ error: string }>('/customers', { email: 'ada@example.com', name: 'Eve' })
  expect({ status, error: body.error }).toEqual({ status: 409, error: 'email_taken' })
})

test('an address that is none is refused', async () => {
  expect((await shop.post('/customers', { email: 'ada', name: 'Ada' })).status).toBe(422)
})
