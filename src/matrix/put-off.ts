import type { Moment } from '../timeline/moment.ts'
import { referenceOf } from './baseline.ts'
import type { Case, Difference } from './case.ts'
import { type Effect, isDeferred } from './effects.ts'
import { placeOf } from './observation.ts'
import { isAt, tellingValues } from './stand-ins.ts'

/**
 * Whether the program has left a note to do it later: one that a clean run does not leave, or one from which a clean run
 * goes on to what has not come about. What a service is sent then is half of what the note says, or more.
 *
 * @param lost - What has not come about.
 */
export function isNoted({ effects, extra, baseline }: Case, lost: readonly Difference[]): boolean {
  const moments = new Map(referenceOf(baseline).moments.map((moment) => [placeOf(moment), moment]))
  const clean = baseline.effects.filter((effect) => lost.some((one) => isAt(one, effect)))
  const leadsTo = (note: Effect): boolean => {
    const named = new Set(valuesIn(moments.get(note.place)))
    return clean.some(({ kind, place, values = [] }) => {
      const shared = values.filter((value) => named.has(value)).length
      return place > note.place && (kind !== 'http' || (shared > 0 && shared * 2 >= values.length))
    })
  }
  return effects
    .filter(isDeferred)
    .some(
      (note) => extra.some((one) => isAt(one, note)) || baseline.effects.filter((one) => isAt(one, note)).some(leadsTo),
    )
}

/** What a row is given, and what is in it where that is JSON. */
function valuesIn(moment: Moment | undefined): readonly string[] {
  const { parameters = [], text = '' } = moment?.facts.sql ?? {}
  const literals = [...text.matchAll(/'((?:[^']|'')*)'/g)].map(([, literal = '']) => literal.replaceAll("''", "'"))
  return [...parameters, ...literals].flatMap((value) =>
    value === null ? [] : [value.toLowerCase(), ...tellingValues(value)],
  )
}

/** Whether a message that was to be dealt with was given back, so that it comes again. */
export function isPutOff({ missing, observation }: Case): boolean {
  return missing.some(
    ({ kind, boundary, operation }) =>
      kind === 'ack' &&
      observation.moments.some(
        (moment) => moment.boundary === boundary && operation === `ACK of ${moment.operation}` && isGivenBack(moment),
      ),
  )
}

function isGivenBack({ exchange }: Moment): boolean {
  return (exchange?.messages ?? []).some(({ message }) => {
    const { type, requeue } = message as { type?: string; requeue?: boolean }
    return type === 'settle' && requeue === true
  })
}
