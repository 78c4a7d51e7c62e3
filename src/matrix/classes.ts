import { transactionsOf } from '../timeline/transactions.ts'
import type { SignatureSchemeName } from '../protocols/http/webhook/boundary.ts'
import type { Moment } from '../timeline/moment.ts'
import { type Baseline, referenceOf } from './baseline.ts'
import { answerKind } from './answer-kind.ts'
import { deliveryClassesOf } from './delivery-classes.ts'
import { placeOf } from './observation.ts'

/** The exchanges of one test that are alike: one operation at one boundary, asked from one place, with one kind of answer. */
export interface ExchangeClass {
  readonly baseline: Baseline
  readonly boundary: string
  readonly protocol: string
  readonly operation: string
  readonly effect: boolean
  /** What came back: `2xx`, `4xx`, `ok`, `error`. */
  readonly outcome: string
  /** What came back first, as `answerKind` has it. */
  readonly answer: string
  /** In a database transaction of several statements. */
  readonly inTransaction: boolean
  /**
   * Of a COMMIT, what changed since its transaction began: by itself, and at other boundaries. What other sessions did
   * at its own boundary is theirs, and another thing in every run. Else empty.
   */
  readonly context: string
  /** As they were in the clean run, in order. */
  readonly moments: readonly [Moment, ...Moment[]]
  /** Places among the exchanges of this operation in the test, counted from 1. */
  readonly nths: readonly number[]
  /** Their questions in full, such as URLs, each once. */
  readonly questions: number
  /** Of what a broker delivers: it waits to be told that it was dealt with. */
  readonly acknowledges?: boolean
  /** By which its deliveries are signed, where the config says so. */
  readonly scheme?: SignatureSchemeName
  /** Which call of the program asks, where that is known. */
  readonly site: string | undefined
}

/** The classes of one test, in the order in which they were first asked. Those of what only the test itself asks are left out. */
export function classesOf(baseline: Baseline): readonly ExchangeClass[] {
  const { moments, asks } = referenceOf(baseline)
  const byPlace = new Map(asks.map((ask) => [ask.place, ask]))
  const transactions = transactionsOf(moments)
  const inside = new Set(transactions.flatMap(({ statements }) => statements.map(({ id }) => id)))
  const contexts = new Map(
    transactions.map(({ statements }) => {
      const last = statements.at(-1)!
      const during = moments.filter(
        ({ effect, asked, boundary, facts }) =>
          effect &&
          asked > statements[0].asked &&
          asked < last.asked &&
          (boundary !== last.boundary || facts.session === last.facts.session),
      )
      return [last.id, [...new Set(during.map(({ operation }) => operation))].toSorted().join(', ')]
    }),
  )
  const siteOf = (moment: Moment): string | undefined => byPlace.get(placeOf(moment) - 1)?.site ?? moment.site
  const counts = new Map<string, number>()
  const groups = new Map<string, { readonly moment: Moment; readonly nth: number }[]>()
  for (const moment of moments) {
    const operation = `${moment.boundary}\0${moment.operation}`
    const nth = (counts.get(operation) ?? 0) + 1
    counts.set(operation, nth)
    // Who calls the program is the test.
    const byTest = moment.protocol !== 'webhook' && byPlace.get(placeOf(moment) - 1)?.byTest
    if (byTest || moment.facts.connect) continue
    // Pages of a list, and what is asked until it is there, differ in their bodies and belong together.
    const status = moment.facts.http?.status
    const key = [operation, outcomeOf(moment), status, contexts.get(moment.id), siteOf(moment)].join('\0')
    const group = groups.get(key)
    if (group) group.push({ moment, nth })
    else groups.set(key, [{ moment, nth }])
  }
  const asked = [...groups.values()].map((group): ExchangeClass => {
    const { moment } = group[0]!
    const { boundary, protocol, operation, effect } = moment
    return {
      baseline,
      boundary,
      protocol,
      operation,
      effect,
      outcome: outcomeOf(moment),
      answer: answerKind(moment),
      inTransaction: inside.has(moment.id),
      context: contexts.get(moment.id) ?? '',
      moments: [moment, ...group.slice(1).map((one) => one.moment)],
      nths: group.map(({ nth }) => nth),
      questions: new Set(group.map((one) => one.moment.question)).size,
      site: siteOf(moment),
    }
  })
  return [...asked, ...deliveryClassesOf(baseline)]
}

function outcomeOf({ ok, facts: { http } }: Moment): string {
  if (http && http.status > 0) return `${Math.floor(http.status / 100)}xx`
  return ok === false ? 'error' : 'ok'
}
