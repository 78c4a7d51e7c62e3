import { referenceOf } from './baseline.ts'
import type { Case } from './case.ts'
import { answeredJson } from './contract/answers.ts'
import { type Observation, placeOf } from './observation.ts'
import { isAt } from './stand-ins.ts'
import type { Moment } from '../timeline/moment.ts'

/**
 * Whether what was struck is asked until it has changed, such as what becomes of a job, and has been asked once more right
 * after, and well: what one answer of these says has no consequence but that.
 */
export function isAskedUntilChanged({ cell, baseline, observation }: Case): boolean {
  if (observation.struck !== 1) return false
  const [first, ...again] = rowOf(referenceOf(baseline), cell)
  const last = again.at(-1)
  if (!first || !last || bodyOf(last) === bodyOf(first)) return false
  return rowOf(observation, cell).length > 1
}

/** What was struck, and what was asked behind it again and again, with nothing in between. */
function rowOf({ moments, asks }: Observation, cell: Case['cell']): readonly Moment[] {
  const sites = new Map(asks.map(({ place, site }) => [place + 1, site]))
  const own = moments.filter(({ facts }) => !facts.connect)
  const struck = own.filter((moment) => isAt(moment, cell))[cell.nth - 1]
  if (!struck) return []
  const row = [struck]
  for (const moment of own.slice(own.indexOf(struck) + 1)) {
    const before = row.at(-1)!
    const isSame = moment.facts.http?.sent === struck.facts.http?.sent && isAt(moment, struck)
    const isOfLoop = sites.get(placeOf(moment)) === sites.get(placeOf(struck))
    if (!isSame || !isOfLoop || moment.ok !== true || moment.asked < before.answered) break
    row.push(moment)
  }
  return row
}

function bodyOf(moment: Moment): string | undefined {
  const json = answeredJson(moment)
  return json && JSON.stringify(json.value)
}
