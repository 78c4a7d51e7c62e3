import type { CatalogueFault } from './catalogue.ts'
import type { ExchangeClass } from './classes.ts'

/** Where in a test a fault can strike exchanges of a class: their places among those of its operation, counted from 1. */
export function placesOf({ applies, strikes, tells }: CatalogueFault, exchanges: ExchangeClass): readonly number[] {
  if (!applies(exchanges)) return []
  return exchanges.nths.filter(
    (nth, i) =>
      (!strikes || strikes(exchanges.moments[i]!, exchanges)) && (!tells || tells(exchanges, nth) !== undefined),
  )
}
