import type { Moment } from '../../timeline/moment.ts'
import { transactionsOf } from '../../timeline/transactions.ts'
import { referenceOf } from '../baseline.ts'
import { type Difference, howOften } from '../case.ts'
import type { Oracle } from '../judgement.ts'

/** How many more may ask the same at once than one, or than in a clean run. */
const mostMore = 1

/**
 * O5: the cache has nothing to give, and many ask elsewhere for one and the same thing at once, where the first of them
 * could have asked for all.
 */
export const stampede: Oracle = ({ cell, observation, baseline }) => {
  if (cell.protocol !== 'redis') return undefined
  const usual = crowdsIn(referenceOf(baseline).moments)
  const crowds = [...crowdsIn(observation.moments)].map(([question, { moment, count }]) => {
    return { moment, count, was: usual.get(question)?.count ?? 0 }
  })
  const [worst] = crowds.toSorted((a, b) => b.count - b.was - (a.count - a.was))
  if (!worst || worst.count - Math.max(1, worst.was) <= mostMore) return undefined
  const { moment, count, was } = worst
  const { boundary, operation, facts } = moment
  const kind: Difference['kind'] = facts.sql ? 'sql' : 'http'
  return {
    verdict: 'retry-storm',
    oracle: 'O5',
    what: `${operation} at ${boundary} was asked ${howOften(count)} at once for the same instead of ${howOften(was)}`,
    evidence: [`${count} × ${moment.question}`],
    advice: 'let those who miss the same wait for the first of them',
    differences: [{ boundary, operation, kind, repeatable: true, was, is: count }],
  }
}

/** A question, and how many asked it at once. */
interface Crowd {
  readonly moment: Moment
  readonly count: number
}

/** The largest crowd of each question. */
function crowdsIn(moments: readonly Moment[]): ReadonlyMap<string, Crowd> {
  const crowds = new Map<string, Crowd>()
  // What belongs to a transaction is each one's own.
  const own = new Set(transactionsOf(moments).flatMap(({ statements }) => statements))
  const reads = moments.filter((moment) => isRead(moment) && !own.has(moment))
  for (const [question, alike] of Map.groupBy(reads, sameAs)) {
    const processes = Map.groupBy(alike, ({ id }) => id.slice(0, id.lastIndexOf('-')))
    crowds.set(question, { moment: alike[0]!, count: Math.max(...processes.values().map(atOnce)) })
  }
  return crowds
}

/** How many at most were asked one after another before an answer of theirs was there. */
function atOnce(alike: readonly Moment[]): number {
  let most = 0
  let count = 0
  let until = Number.NEGATIVE_INFINITY
  for (const { asked, answered } of alike) {
    count = asked < until ? count + 1 : 1
    until = Math.max(until, answered)
    most = Math.max(most, count)
  }
  return most
}

/** What locks is none. */
function isRead({ effect, facts: { http, sql, incoming } }: Moment): boolean {
  if (effect || incoming) return false
  if (http) return http.repeatable
  return (
    sql !== undefined &&
    /^\s*(?:SELECT|WITH)\b/i.test(sql.text) &&
    !/\bFOR\s+(?:NO KEY\s+)?(?:UPDATE|SHARE|KEY)\b/i.test(sql.text)
  )
}

const personal = /^(?:authorization|cookie|x-api-key|accept|accept-language)$/i

/** Equal for questions that one answer does for, asked on behalf of the same user. */
function sameAs({ boundary, facts: { http, sql }, exchange }: Moment): string {
  const { headers } = (exchange?.question ?? {}) as { readonly headers?: readonly (readonly [string, string])[] }
  const whose = Array.isArray(headers) ? headers.filter(([name]) => personal.test(name)) : []
  return JSON.stringify([boundary, http?.sent ?? [sql?.text, sql?.parameters], whose])
}
