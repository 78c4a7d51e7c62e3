import type { Baseline } from '../baseline.ts'
import { isHard } from '../case.ts'
import { byWork, workOf } from '../test-work.ts'
import type { TracedRead } from './traced-read.ts'

/** A test that can stand for others. */
interface Candidate {
  readonly baseline: Baseline
  /** Where the program asks. */
  readonly site: string | undefined
}

/** A test counts as cheap up to so many times the work of the one with the least. */
const cheapTimes = 2

/** Up to so many tests stand for all of an operation. */
const mostRepresentatives = 4

/**
 * Tests in the order in which they are worth looking at: of each call of the program the one that changes most among
 * the cheap ones, then what costs least. How long a test takes is another time in every run, so what counts is how much
 * it does.
 */
export function chooseTests<T extends Candidate>(group: readonly T[], most: number): readonly T[] {
  const sorted = group.toSorted(byBaseline)
  const bySite = Map.groupBy(sorted, ({ site }) => site)
  const best = [...bySite.values()].map((same) => {
    const least = workOf(same[0]!.baseline)
    const cheap = same.filter((one) => workOf(one.baseline) <= cheapTimes * least)
    return cheap.toSorted((a, b) => richness(b) - richness(a))[0]!
  })
  return [...new Set([...best.toSorted(byBaseline), ...sorted])].slice(0, most)
}

/**
 * Which tests stand for all: one for each call of the program, and what else it takes to have all that is read.
 *
 * @param tests - As {@link chooseTests} has put them.
 * @param reads - Of each of them what was read of such answers; `undefined` where that could not be watched.
 * @returns Their places.
 */
export function representativesAmong(
  tests: readonly Candidate[],
  reads: readonly (readonly TracedRead[] | undefined)[],
): readonly number[] {
  const read = reads.map((some) => new Set((some ?? []).flatMap((one) => (one.by === 'program' ? [one.pointer] : []))))
  const sites = new Set<string | undefined>()
  const covered = new Set<string>()
  const chosen: number[] = []
  for (;;) {
    const gains = tests.map(({ site }, i) => ({
      i,
      gain: (sites.has(site) ? 0 : 1000) + read[i]!.difference(covered).size,
    }))
    const [best] = gains.toSorted((a, b) => b.gain - a.gain)
    if (!best || best.gain === 0 || chosen.length === mostRepresentatives) return chosen
    chosen.push(best.i)
    sites.add(tests[best.i]!.site)
    for (const pointer of read[best.i]!) covered.add(pointer)
  }
}

function richness({ baseline: { effects } }: Candidate): number {
  return new Set(effects.filter(isHard).map(({ boundary, operation }) => `${boundary} ${operation}`)).size
}

function byBaseline(a: Candidate, b: Candidate): number {
  return byWork(a.baseline, b.baseline)
}
