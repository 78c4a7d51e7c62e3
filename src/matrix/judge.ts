import { isAskedUntilChanged } from './asked-until.ts'
import { bodyUnread, isBodyUnread } from './body-unread.ts'
import type { Case } from './case.ts'
import { type Judgement, notRecorded, type Oracle } from './judgement.ts'
import { crash } from './oracles/crash.ts'
import { duplicate } from './oracles/duplicate.ts'
import { falseSuccess } from './oracles/false-success.ts'
import { hang, waitsForEver } from './oracles/hang.ts'
import { inconsistent } from './oracles/inconsistent.ts'
import { leak } from './oracles/leak.ts'
import { leftKey } from './oracles/left-key.ts'
import { neverAgain } from './oracles/never-again.ts'
import { noPause } from './oracles/no-pause.ts'
import { poisoned } from './oracles/poisoned.ts'
import { mostAttempts, retryStorm } from './oracles/retry-storm.ts'
import { stampede } from './oracles/stampede.ts'
import { takenForReal } from './oracles/taken-for-real.ts'
import { isAsEver, unnoticed } from './oracles/unnoticed.ts'
import { unrelatedError } from './oracles/unrelated-error.ts'

/**
 * The strongest first. What happens after a program was no longer kept waiting is no more than what that has led to;
 * but a test may also wait in vain for what was lost.
 */
const oracles: readonly Oracle[] = [
  retryStorm,
  waitsForEver,
  duplicate,
  neverAgain,
  falseSuccess,
  takenForReal,
  crash,
  inconsistent,
  hang,
  stampede,
  unrelatedError,
  leak,
  leftKey,
  unnoticed,
  poisoned,
  noPause,
]

/** What becomes of a cell: the first oracle that has something to say decides. */
export function judge(shown: Case): Judgement {
  const { cell, fault, observation } = shown
  if (observation.ended === 'in time' && observation.struck === 0) {
    const { hindered } = observation
    return good(
      'unreachable',
      hindered === undefined ? 'the fault was armed and struck nothing' : `the fault could not strike: ${hindered}`,
    )
  }
  const found = oracles.map((oracle) => oracle(shown)).find((judgement) => judgement !== undefined)
  // A question that no recording answers fails for that alone, whatever else it would have led to; but a storm was there before.
  const isBefore = found?.oracle === 'O1' || (found?.oracle === 'O5' && observation.struck >= mostAttempts)
  if (observation.missed && !isBefore) {
    return { ...good('not-applicable', notRecorded), evidence: observation.unrecorded ?? [] }
  }
  if (found) return found
  if (isAsEver(shown) && isBodyUnread(shown)) return good('not-applicable', bodyUnread)
  if (isAsEver(shown) && fault.absorbed) {
    return good('suspected', `the test passed all the same: the program may ${fault.expected}, or nobody looks`)
  }
  if (cell.family === 'corruption') {
    return observation.passed
      ? good('handled', isAskedUntilChanged(shown) ? 'the program asked once more' : 'the program went another way')
      : good('noticed', `the test failed: ${reason(observation)}`)
  }
  return observation.passed
    ? good('handled', `the test passed, and all that was to happen has happened${butCache(shown)}`)
    : good('degraded', `the test failed: ${reason(observation)}`)
}

/** What a cache holds follows from the rest; all the same it was to be told. */
function butCache({ missing }: Case): string {
  return missing.some(({ kind }) => kind === 'cache') ? ' but what a cache was to be told' : ''
}

function reason({ errors }: Case['observation']): string {
  const [error] = errors
  return error ? `${error.name}: ${error.message.split('\n', 1)[0]}` : 'it does not say why'
}

function good(verdict: Judgement['verdict'], what: string): Judgement {
  return { verdict, oracle: '', what, evidence: [] }
}
