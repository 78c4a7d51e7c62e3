import { referenceOf } from '../baseline.ts'
import type { Oracle } from '../judgement.ts'
import { isInTransaction, leftKeys, type LeftKey } from '../left-keys.ts'
import { isAt } from '../stand-ins.ts'

/** O8: a lock that nobody takes away, or a counter that nobody gives an end, where clean runs do. */
export const leftKey: Oracle = ({ observation, baseline, struck, fault, cell }) => {
  if (observation.ended === 'died') return undefined
  // No server does one half of a transaction.
  const aim = referenceOf(baseline).moments.filter((moment) => isAt(moment, cell))[cell.nth - 1]
  if (aim && isInTransaction(aim)) return undefined
  // What was said to be done, and was lost, was not.
  const undone = new Set(struck && !fault.reaches ? [struck.id] : [])
  const clean = baseline.runs.map(({ moments }) => leftKeys(moments))
  for (const key of leftKeys(observation.moments, undone)) {
    const isSame = ({ boundary, template }: LeftKey): boolean => boundary === key.boundary && template === key.template
    const usual = clean.map((keys) => keys.filter(isSame))
    if (key.state !== 'for ever' || usual.some((keys) => keys.length === 0)) continue
    if (usual.flat().some(({ state }) => state === 'for ever')) continue
    const isTaken = usual.flat().some(({ state }) => state === 'gone')
    // What a copy is taken out for is that something has changed.
    if (isTaken && !key.isLock) continue
    const what = `it left ${key.template} at ${key.boundary} for ever, which a clean run ${isTaken ? 'takes away' : 'gives an end'}`
    return {
      verdict: 'leak',
      oracle: 'O8',
      what,
      evidence: [`${key.made.operation} at ${key.boundary} took place`],
      advice: isTaken
        ? 'take it away whatever happens, in `finally`, and give it an end when it is made: who is killed takes away nothing'
        : 'give it an end in one step with making it: `SET … EX`, or a transaction',
      ...(key.made.site !== undefined && { site: key.made.site }),
    }
  }
  return undefined
}
