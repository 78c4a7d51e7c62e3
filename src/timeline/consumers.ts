import { endOf, type Moment, type Timeline } from './moment.ts'

/**
 * Tells whether what was asked after a transaction had begun may be the work of a consumer that was brought a message
 * meanwhile, and not of who holds the transaction.
 */
export function consumerWork({ moments }: Timeline): (began: Moment, moment: Moment) => boolean {
  const brought = moments
    .flatMap((moment) =>
      (moment.facts.delivered ?? []).map(({ ms }) => ({
        from: moment.at + ms,
        // A delivery that is settled ends; how long others are worked on, nobody knows.
        to: moment.facts.incoming ? endOf(moment) : undefined,
      })),
    )
    .sort((a, b) => a.from - b.from)
  return (began, { at }) =>
    brought.some(({ from, to }) => from <= at && (to === undefined ? from >= began.at : to >= at))
}
