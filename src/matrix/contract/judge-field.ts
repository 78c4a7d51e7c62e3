import { changeFields, hasField } from '../../core/field-tree.ts'
import type { Case } from '../case.ts'
import { judge } from '../judge.ts'
import { type Judgement, notRecorded } from '../judgement.ts'
import { placeOf } from '../observation.ts'
import { isBad } from '../verdict.ts'
import { answeredJson } from './answers.ts'
import { steadyText } from './made-anew.ts'
import { differenceIn } from './outgoing.ts'
import type { Answer } from './question.ts'

/** What the change of fields in one test has led to. */
export interface FieldCase {
  /** Absent when nothing was changed, or nothing can be said of it. */
  readonly answer?: Omit<Answer, 'where'>
  readonly judgement: Judgement
}

/** Judges a cell that changes fields. */
export function judgeFields(shown: Case): FieldCase {
  const { cell, observation } = shown
  if (observation.ended !== 'died' && !isChanged(shown)) {
    return { judgement: said('unreachable', 'nothing was changed: no such field came') }
  }
  const difference = observation.passed ? differenceIn(shown.baseline, observation) : undefined
  const answer = { cell: cell.id, ...whatShows(shown, difference) }
  const judgement = judge(shown)
  const { verdict } = judgement
  const isTold = verdict === 'not-applicable' || (isBad(verdict) && verdict !== 'unnoticed')
  if (isTold || !observation.passed) return { answer, judgement }
  if (cell.fault === 'extra field') return { answer, judgement: said('handled', 'what is not known was ignored') }
  if (!cell.detail?.read) return { answer, judgement: said('not-applicable', 'nobody needs what was taken') }
  if (difference !== undefined)
    return { answer, judgement: said('handled', `the program went another way: ${difference}`) }
  const what = 'the program reads it, the test passed all the same, and everything else was asked as ever'
  return { answer, judgement: said('suspected', what) }
}

function whatShows({ observation }: Case, difference: string | undefined): Omit<Answer, 'cell' | 'where'> {
  const { passed, missed, ended, errors } = observation
  if (passed && ended === 'in time') {
    if (difference !== undefined) return { shows: 'propagated', why: difference }
    return { why: 'the test passed, and everything else was asked as ever' }
  }
  if (missed) return { shows: 'propagated', why: notRecorded }
  if (ended !== 'in time')
    return { shows: 'asserted', why: ended === 'died' ? 'the process ended' : 'nothing came of it' }
  const [error] = errors
  const why = error ? `${error.name}: ${steadyText(error.message.split('\n', 1)[0]!)}` : 'it does not say why'
  return { shows: 'asserted', why: `the test failed: ${why}` }
}

/** Whether an answer was struck that has what was to be changed. Of messages only those that were changed count as struck. */
function isChanged({ cell: { detail = {}, boundary, protocol, operation, fault }, observation }: Case): boolean {
  if (protocol !== 'http') return observation.struck > 0
  const struck = new Set(observation.asks.flatMap((ask) => (ask.struck ? [ask.place + 1] : [])))
  return observation.moments.some((moment) => {
    if (moment.boundary !== boundary || moment.operation !== operation || !struck.has(placeOf(moment))) return false
    const json = answeredJson(moment)
    if (!json || json.head.status !== (detail.status ?? json.head.status)) return false
    const { pointers } = detail
    if (pointers === undefined) return true
    return fault === 'field null'
      ? changeFields(json.value, pointers, () => null) !== json.value
      : hasField(json.value, pointers)
  })
}

function said(verdict: Judgement['verdict'], what: string): Judgement {
  return { verdict, oracle: '', what, evidence: [] }
}
