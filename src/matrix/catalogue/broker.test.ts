import { expect, it } from 'vitest'
import type { Moment } from '../../timeline/moment.ts'
import { findFault } from '../catalogue.ts'
import type { ExchangeClass } from '../classes.ts'

it.for(['publish nacked', 'confirm lost'])('%s needs a channel that awaits confirms', (name) => {
  const strikes = (confirmed: boolean | undefined): boolean | undefined =>
    findFault(name)?.strikes?.({ facts: { published: { confirmed } } } as unknown as Moment, {} as ExchangeClass)
  expect([true, false, undefined].map(strikes)).toEqual([true, true, false])
})
