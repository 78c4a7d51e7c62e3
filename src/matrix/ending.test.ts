import { expect, it } from 'vitest'
import { findFault } from './catalogue.ts'
import type { ExchangeClass } from './classes.ts'

it('404 is no failure of what is to be gone', () => {
  const isStruck = (operation: string): boolean =>
    findFault('404')!.applies({ protocol: 'http', outcome: '2xx', operation } as ExchangeClass)
  const gone = ['DELETE /users/{id}', 'POST /subscriptions/{id}/cancel', 'POST /sessions/{id}/revoke', 'POST /logout']
  expect(gone.map(isStruck)).toEqual(gone.map(() => false))
  const others = ['GET /users/{id}', 'PATCH /users/{id}', 'POST /charges/{id}/refund', 'POST /cancellations']
  expect(others.map(isStruck)).toEqual(others.map(() => true))
})
