import { isAskedUntilChanged } from '../asked-until.ts'
import { isBodyUnread } from '../body-unread.ts'
import type { Case } from '../case.ts'
import type { Oracle } from '../judgement.ts'
import { referenceOf } from '../baseline.ts'
import type { Observation } from '../observation.ts'

/** O9: the data was wrong, no test has failed, and everything else that was asked is as ever. */
export const unnoticed: Oracle = (shown) => {
  if (!isAsEver(shown) || isBodyUnread(shown) || shown.fault.absorbed) return undefined
  return { verdict: 'unnoticed', oracle: 'O9', what: 'the test passed all the same', evidence: [] }
}

/** Whether wrong data has changed nothing, and was to. */
export function isAsEver(shown: Case): boolean {
  const { cell, observation, baseline } = shown
  if (cell.family !== 'corruption' || !observation.passed) return false
  if (asked(observation) !== asked(referenceOf(baseline)) || differs(shown)) return false
  return !isAskedUntilChanged(shown)
}

function differs({ missing, extra }: Case): boolean {
  return missing.length > 0 || extra.length > 0
}

/** How often each operation was asked: who asks again, or elsewhere, has noticed. */
function asked({ moments }: Observation): string {
  const names = moments
    .filter(({ facts }) => !facts.connect)
    .map(({ boundary, operation }) => `${boundary} ${operation}`)
  return names.toSorted().join('\n')
}
