import type { TestRef } from '../../core/exchange.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { MatrixPlan } from './plan-file.ts'
import { spreadOverWorkers } from './spread-cells.ts'

/** Over what a plan is parted. */
export interface PartOptions {
  /** By file, relative to the project, those that it had last. All files are there. */
  readonly tests: ReadonlyMap<string, readonly TestRef[]>
  /** How many workers may be at work at a time. */
  readonly most: number
}

/** Parts a plan into some that are each for one worker, and take about as long. */
export function partPlan(plan: MatrixPlan, { tests, most }: PartOptions): readonly MatrixPlan[] {
  if (!plan.cells) return partTests(plan, tests, most)
  return spreadOverWorkers(plan.cells, most).map((cells) => ({
    ...plan,
    cells,
    inTurn: filesOf(cells.map(({ cell }) => cell.test)),
  }))
}

/** Each part has some of all tests and leaves out those of the others; so none is missed that is new. */
function partTests(plan: MatrixPlan, all: PartOptions['tests'], most: number): readonly MatrixPlan[] {
  const { without = [], only, skip = [] } = plan
  const skipped = new Set(skip.map(keyOfTest))
  const wanted = only && new Set(only.map(keyOfTest))
  const isWanted = (test: TestRef): boolean => !skipped.has(keyOfTest(test)) && (wanted?.has(keyOfTest(test)) ?? true)
  const units = [...all].flatMap(([file, own]): readonly Unit[] => {
    if (without.includes(file)) return []
    return own.length > 0 ? own.filter(isWanted).map((test) => ({ file, test })) : [{ file }]
  })
  const parts = Array.from({ length: Math.min(most, units.length) }, (): Unit[] => [])
  for (const [i, unit] of units.entries()) parts[i % parts.length]!.push(unit)
  return parts.map((part) => {
    const others = units.filter((unit) => !part.includes(unit)).flatMap(({ test }) => test ?? [])
    return { ...plan, skip: [...skip, ...others], inTurn: filesOf(part) }
  })
}

/** One test, or all of a file. */
interface Unit {
  readonly file: string
  readonly test?: TestRef
}

/** Each once, in the order in which they come first. */
export function filesOf(some: readonly { readonly file: string }[]): readonly string[] {
  return [...new Set(some.map(({ file }) => file))]
}
