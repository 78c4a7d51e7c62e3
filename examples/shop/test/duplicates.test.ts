import { expect, test } from 'vitest'
import type { Order } from '../src/orders/order.ts'
import { useShop } from './support/test-shop.ts'

const shop = useShop()

test('the same basket is ordered and paid once, however often it is sent', async () => {
  const ada = await shop.customer()
  const first = await shop.order(ada, { reference: 'basket' })
  const second = await shop.order(ada, { reference: 'basket' })
  expect([first.status, second.status]).toEqual([201, 200])
  expect(second.body).toEqual(first.body)
  expect(await shop.payments()).toHaveLength(1)
})

test('two customers may use the same reference', async () => {
  const [ada, grace] = [await shop.customer(), await shop.customer('grace@example.com')]
  const answers = [await shop.order(ada, { reference: 'x' }), await shop.order(grace, { reference: 'x' })]
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
  expect((await shop.get<Order[]>(`/orders?customer=${grace}`)).body).toHaveLength(1)
})
