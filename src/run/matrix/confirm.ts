import { realNow } from '../../core/real-clock.ts'
import { causeOf } from '../../matrix/cause.ts'
import type { Cell } from '../../matrix/cell.ts'
import { type Finding, findingsOf, type JudgedCell } from '../../matrix/findings.ts'
import { restsOnTime } from '../../matrix/rests-on-time.ts'
import { executeCells, type ExecuteOptions } from './execute-cells.ts'
import { isBadCell, judgeAll } from './judge-all.ts'
import type { Ran, Suite } from './suite.ts'
import { isOneAtATime } from './workers.ts'
import { plural } from '../wording.ts'

/** What is to be seen again. */
export interface ConfirmOptions extends Omit<ExecuteOptions, 'cells'> {
  readonly judged: readonly JudgedCell[]
}

/** Cells of which it is known whether their bad verdict shows again. */
export interface Confirmed {
  readonly confirmed: readonly (JudgedCell & { readonly confirmed?: boolean })[]
  /** Bad verdicts that did not show again. */
  readonly unconfirmed: number
}

/** The same, and the runs that say more than those before. */
export interface SeenAgain extends Confirmed {
  readonly better: readonly Ran[]
}

/** How many cells of one finding are tried before it counts as chance. */
const mostTries = 3

/** How many processes there are at a time. */
const lanes = 2

/** What a cell showed when it was run again. */
interface Again {
  readonly judged: JudgedCell
  readonly ran: Ran
}

/**
 * Runs the best cells of all findings again, together in one fresh process, and those that did not show again there
 * alone. Time is passed with patience in all of them, and nothing was run there before, so where a verdict rests on time,
 * or they differ in the harm, the later one counts. A finding that does not show again in any of its best cells is none:
 * their verdict becomes `flaky`.
 */
export async function confirmBad(suite: Suite, { judged, ...options }: ConfirmOptions): Promise<SeenAgain> {
  const findings = findingsOf(judged)
  const again = new Map<string, Again>()
  const chance = new Set<string>()
  const tookMs = new Map(judged.map(({ shown }) => [shown.cell.id, shown.observation.durationMs]))
  const seeAgain = async (cells: readonly Cell[]): Promise<void> => {
    const ran = await executeCells({ ...suite, patient: true }, { ...options, cells, tookMs, onProgress: () => {} })
    for (const one of judgeAll(cells, options.baselines, ran)) {
      const { id } = one.shown.cell
      again.set(id, { judged: one, ran: ran.get(id)! })
    }
  }
  if (findings.length > 0) options.onProgress(`seeing ${plural(findings.length, 'finding')} again`)
  await seeAgain(findings.map(({ best }) => best.shown.cell))
  const waiting = findings.filter(({ best }) => showsAgain(best, again.get(best.shown.cell.id)) === false).values()
  const lane = async (): Promise<void> => {
    for (const finding of waiting) {
      options.onProgress(`seeing again, alone: ${finding.sentence}`)
      let seen: boolean | undefined
      for (const one of triesOf(finding)) {
        if (suite.signal.aborted || realNow() > (options.until ?? Number.POSITIVE_INFINITY)) break
        await seeAgain([one.shown.cell])
        seen = showsAgain(one, again.get(one.shown.cell.id))
        if (seen) break
      }
      if (seen === false) for (const { shown } of finding.cells) chance.add(shown.cell.id)
    }
  }
  const isShared = suite.perProcess || isOneAtATime(suite)
  await Promise.all(Array.from({ length: isShared ? 1 : lanes }, lane))
  let unconfirmed = 0
  const better: Ran[] = []
  const confirmed = judged.map((one): Confirmed['confirmed'][number] => {
    const { id } = one.shown.cell
    const later = again.get(id)
    if (later && isBadCell(later.judged)) {
      if (!restsOnTime(one.shown) && isAlike(one, later.judged)) return { ...one, confirmed: true }
      better.push(later.ran)
      return { ...later.judged, confirmed: true }
    }
    if (!later && !chance.has(id)) return one
    unconfirmed++
    const what = `${one.judgement.verdict}, but not when it was run again: ${one.judgement.what}`
    return { ...one, judgement: { verdict: 'flaky', oracle: '', what, evidence: one.judgement.evidence } }
  })
  return { confirmed, unconfirmed, better }
}

/** What does not rest on time is no less true for showing seldom: where two things race, one of them has to win. */
function triesOf({ best, cells }: Finding): readonly JudgedCell[] {
  const others = cells.filter((one) => one !== best)
  const more = restsOnTime(best.shown) ? [] : Array<JudgedCell>(mostTries).fill(best)
  return [best, ...others, ...more].slice(0, mostTries)
}

/**
 * Whether a bad verdict shows again. Run again, the same may show itself from another side; another harm is no sign of
 * it, and where it rests on when time was passed, neither is anything else.
 */
function showsAgain(first: JudgedCell, again: Again | undefined): boolean | undefined {
  if (!again) return undefined
  if (!isBadCell(again.judged)) return false
  return restsOnTime(first.shown) ? causeOf(first).group === causeOf(again.judged).group : isAlike(first, again.judged)
}

function isAlike({ judgement }: JudgedCell, again: JudgedCell): boolean {
  return judgement.oracle === again.judgement.oracle
}
