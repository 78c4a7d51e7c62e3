import type { TestRef } from '../../core/exchange.ts'
import type { Moment } from '../moment.ts'
import { classify } from './classify.ts'
import type { Diagnosis } from './diagnosis.ts'
import { diagnosisKinds } from './kinds.ts'
import { anyOwnError, ownError } from './own-error.ts'
import { quotes } from './quotes.ts'
import { toldByError } from './told-by-error.ts'
import { waitedFor } from './waited-for.ts'

/** All that is known of a failed test. */
export interface Patient {
  /** Null for a command whose tests are not known. */
  readonly test: TestRef | null
  /** What the test failed with. */
  readonly error: string | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Null when it did not end. */
  readonly endedAt: number | null
  readonly durationMs: number | null
  /** What it asked, in order. */
  readonly moments: readonly Moment[]
  /** Addresses of no boundary that it was refused. */
  readonly refused: readonly string[]
  readonly misses: readonly { readonly boundary: string; readonly operation: string; readonly cause: string }[]
}

/**
 * Finds the boundary that broke. What Mortar itself says decides; then what the error quotes; then what was waited for
 * when time ran out; then what
 * failed last, when nothing went on after it. Anything less is `undetermined`.
 */
export function diagnose(patient: Patient): Diagnosis {
  for (const look of [missed, refused, ownError, quoted, waitedFor, lastFailure, anyOwnError, toldByError]) {
    const found = look(patient)
    if (found) return found
  }
  return undetermined(patient)
}

function missed({ misses: [miss] }: Patient): Diagnosis | undefined {
  if (!miss) return undefined
  const because = `no recording answers ${miss.operation} (${miss.cause})`
  return { boundary: miss.boundary, kind: 'miss', because, exchanges: [] }
}

function refused({ refused: [address] }: Patient): Diagnosis | undefined {
  if (address === undefined) return undefined
  return {
    boundary: null,
    kind: 'miss',
    because: `a call to ${address} was refused, as that belongs to no boundary`,
    exchanges: [],
  }
}

/** The error of the test has the words or the code of a service. Of several, the first cause is what others follow from. */
function quoted({ error, moments }: Patient): Diagnosis | undefined {
  if (error === null) return undefined
  const found = moments.flatMap((moment) => {
    const kind = classify(moment)
    const quote = kind && quotes(error, moment)
    // A number alone says little of what went well when it was tried again.
    if (!kind || !quote || (quote.weight === 1 && wasMadeGood(moment, moments))) return []
    return [{ moment, kind, quote }]
  })
  const best = found.filter(({ quote }) => quote.weight === Math.max(...found.map((each) => each.quote.weight)))
  const last = best.at(-1)
  if (!last) return undefined
  const cause = causeOf(last.moment, moments)
  const kind = classify(cause)!
  const then = cause === last.moment ? '' : `, after which ${last.moment.operation} could only fail`
  return {
    boundary: cause.boundary,
    kind,
    because: `${cause.operation} was answered by ${saidBy(cause)}${then}; the error of the test quotes ${last.quote.what}`,
    exchanges: [...new Set([cause.id, last.moment.id])],
  }
}

function wasMadeGood({ operation, boundary, answered }: Moment, moments: readonly Moment[]): boolean {
  return moments.some(
    (each) => each.ok === true && each.asked > answered && each.operation === operation && each.boundary === boundary,
  )
}

/** Within a transaction that has failed, PostgreSQL says no to everything; what made it fail came before. */
function causeOf(moment: Moment, moments: readonly Moment[]): Moment {
  const { session, error } = moment.facts
  if (error?.code !== '25P02') return moment
  const before = moments.filter(
    ({ asked, facts, ok }) =>
      asked < moment.asked && facts.session === session && ok === false && facts.error?.code !== '25P02',
  )
  return before.at(-1) ?? moment
}

/** What failed and was not made good, when after it there was nothing but tidying up. */
function lastFailure({ moments }: Patient): Diagnosis | undefined {
  const failed = moments.filter((moment) => classify(moment) !== undefined && moment.facts.error?.code !== '25P02')
  const last = failed.at(-1)
  if (!last) return undefined
  const after = moments.filter(({ asked }) => asked > last.answered)
  if (!after.every(isTidyingUp)) return undefined
  const kind = classify(last)!
  return {
    boundary: last.boundary,
    kind,
    because: `${last.operation} was answered by ${saidBy(last)}, and nothing was asked after it`,
    exchanges: [last.id],
  }
}

function isTidyingUp({ facts, ok }: Moment): boolean {
  const verbs = facts.sql?.verbs ?? []
  if (verbs.length > 0)
    return verbs.every((verb) => ['ROLLBACK', 'ROLLBACK TO', 'DISCARD', 'RESET', 'UNLISTEN'].includes(verb))
  return facts.connect === true && ok !== false
}

function undetermined({ moments, error }: Patient): Diagnosis {
  const failed = moments.filter((moment) => classify(moment) !== undefined).length
  const because =
    moments.length === 0
      ? 'the test asked nothing across a boundary'
      : failed > 0
        ? `${failed} of ${moments.length} exchanges failed, but the test went on after them${error === null ? '' : ' and its error names none of them'}`
        : moments.length === 1
          ? 'the only exchange went well'
          : `all ${moments.length} exchanges went well`
  return { boundary: null, kind: 'undetermined', because, exchanges: [] }
}

function saidBy({ facts: { error, failure }, answer }: Moment): string {
  if (!error) return failure ?? answer ?? diagnosisKinds.undetermined
  const text = `${error.code} ${error.message}`.trim().replaceAll(/\s+/g, ' ')
  return text.length > 160 ? `${text.slice(0, 159)}…` : text
}
