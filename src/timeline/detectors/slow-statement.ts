import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { type Moment, type Timeline } from '../moment.ts'

/** Slow whatever the others take, milliseconds. */
const alwaysMs = 1000
/** Slow when it takes this many times as long as is usual in the run … */
const timesUsual = 20
/** … and at least this long, milliseconds. */
const atLeastMs = 250
/** Fewer statements do not tell what is usual. */
const enough = 20

const asks: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'REPLACE', 'CALL'])

/** Statements that take long, each fingerprint once with the slowest of it, and its plan where the server told it. */
export function slowStatement({ moments, tests }: Timeline): readonly TimelineFinding[] {
  // Outside of tests there is set-up, which may take its time.
  const within = tests.length > 0 ? moments.filter(({ test }) => test !== null) : moments
  const statements = within.filter(({ facts, ok, durationMs }) => {
    const verbs = facts.sql?.verbs ?? []
    return ok === true && durationMs !== null && verbs.length > 0 && verbs.every((verb) => asks.has(verb))
  })
  const times = statements.map(({ durationMs }) => durationMs!).sort((a, b) => a - b)
  const usual = times[Math.floor((times.length - 1) / 2)] ?? 0
  const limit = times.length >= enough ? Math.min(alwaysMs, Math.max(atLeastMs, usual * timesUsual)) : alwaysMs
  const slow = statements.filter(({ durationMs, facts }) => durationMs! >= limit && !isPause(facts.sql!.text))
  return [...Map.groupBy(slow, ({ boundary, facts }) => `${boundary} ${facts.sql!.fingerprint}`).values()].map(
    (group) => report(group as [Moment, ...Moment[]], usual, moments),
  )
}

function isPause(text: string): boolean {
  return /\b(?:pg_sleep|sleep|pg_advisory\w*lock|get_lock)\s*\(/i.test(text)
}

function report(group: readonly [Moment, ...Moment[]], usual: number, moments: readonly Moment[]): TimelineFinding {
  const slowest = group.reduce((a, b) => (b.durationMs! > a.durationMs! ? b : a))
  const { boundary, operation, durationMs, facts, test, at } = slowest
  const texts = new Set(group.map((each) => each.facts.sql!.text.trim()))
  const told = moments.filter((each) => each.boundary === boundary).flatMap((each) => each.facts.plans ?? [])
  const plan = told.find(({ text }) => texts.has(text.trim()))?.plan
  const often = group.length > 1 ? `, ${group.length} times` : ''
  return {
    code: 'slow-statement',
    severity: 'note',
    boundary,
    test,
    title: `${boundary}: ${operation} took ${Math.round(durationMs!)} ms${often}; usual in this run are ${usual < 1 ? '< 1' : Math.round(usual)} ms`,
    detail: [evidenceLine(slowest, at), ...(plan === undefined ? [] : ['plan:', ...plan.split('\n').slice(0, 30)])],
    likeness: facts.sql!.fingerprint,
    exchanges: group.map(({ id }) => id),
  }
}
