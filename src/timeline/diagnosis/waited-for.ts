import type { Moment } from '../moment.ts'
import { classify } from './classify.ts'
import { transactionsOf } from '../transactions.ts'
import type { Patient } from './diagnose.ts'
import type { Diagnosis } from './diagnosis.ts'

const timeIsUp =
  /time[d ]?\s?out|timeout|deadline exceeded|\bETIMEDOUT\b|not (?:seen|published|delivered|received) within|did not .* within|within \d+ ?ms|still not so after|MORTAR_NOT_AWAITED/i
const aboutMessages = /publish|deliver|message|subject|topic|queue|consum|subscri|event/i

/** What a test waited for when its time was up: an exchange that has no end, a lock, or a message. */
export function waitedFor(patient: Patient): Diagnosis | undefined {
  const { error, moments, durationMs } = patient
  if (error !== null && !timeIsUp.test(error)) return undefined
  const waited = moments.filter(({ facts }) => facts.subscribed === undefined && !facts.connect && !facts.incoming)
  const open = waited.findLast(({ ending }) => ending !== 'complete')
  if (open) return forAnswer(open, moments, `time ran out while ${open.operation} had no answer`)
  if (error === null) return undefined
  // What a test waited for may be answered by the tidying up after it.
  const longest = waited.reduce<Moment | undefined>((a, b) => (a && a.durationMs! >= b.durationMs! ? a : b), undefined)
  if (longest && durationMs !== null && longest.durationMs! * 2 >= durationMs) {
    const part = `${Math.round(longest.durationMs!)} of the ${Math.round(durationMs)} ms of the test`
    return forAnswer(longest, moments, `time ran out, and ${longest.operation} took ${part}`)
  }
  return forMessage(error, moments)
}

function forAnswer(last: Moment, moments: readonly Moment[], what: string): Diagnosis {
  const kind = last.facts.published?.confirmed === false ? 'queue-publish' : 'timeout'
  // Whoever else has a transaction open has the locks that a statement may be waiting for.
  const holder =
    last.facts.sql &&
    transactionsOf(moments).find(
      ({ boundary, session, statements, ended }) =>
        boundary === last.boundary &&
        session !== last.facts.session &&
        statements[0].asked < last.asked &&
        ended > last.asked,
    )
  const since = holder?.writes[0]?.operation ?? 'BEGIN'
  return {
    boundary: last.boundary,
    kind,
    because: holder ? `${what}, while another connection of the test had a transaction open since ${since}` : what,
    exchanges: [...(holder ? holder.writes.slice(0, 1) : []), last].map(({ id }) => id),
  }
}

function forMessage(error: string, moments: readonly Moment[]): Diagnosis | undefined {
  // So says what waits for a message of a test.
  const [, boundary, subject] = /(\S+): no message (.+?) was published/.exec(error) ?? []
  if (boundary !== undefined && subject !== undefined) return neverPublished(boundary, subject, moments)
  if (!aboutMessages.test(error)) return undefined
  const last = moments.findLast(({ facts }) => facts.published && error.includes(facts.published.channel))
  if (!last) return undefined
  const { channel } = last.facts.published!
  const brought = moments.some(({ facts }) => facts.delivered?.some((each) => each.channel === channel))
  if (brought) return undefined
  return {
    boundary: last.boundary,
    kind: 'queue-delivery',
    because: `${channel} was published, and no subscription of the test was brought it before time ran out`,
    exchanges: [last.id],
  }
}

function neverPublished(boundary: string, subject: string, moments: readonly Moment[]): Diagnosis | undefined {
  // What kept the program from publishing tells more than that it did not.
  if (moments.some((moment) => classify(moment) || moment.facts.published?.channel === subject)) return undefined
  return { boundary, kind: 'queue-publish', because: `${subject} was awaited and never published`, exchanges: [] }
}
