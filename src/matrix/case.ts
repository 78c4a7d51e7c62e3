import type { Moment } from '../timeline/moment.ts'
import { type Baseline, referenceOf } from './baseline.ts'
import type { CatalogueFault } from './catalogue.ts'
import type { Cell } from './cell.ts'
import { type Effect, effectsOfRun } from './effects.ts'
import { type Observation, placeOf, stepAt } from './observation.ts'
import { isAt, withoutStandIns } from './stand-ins.ts'

/** More or fewer effects of one operation than in a clean run. */
export interface Difference {
  readonly boundary: string
  readonly operation: string
  readonly kind: Effect['kind']
  readonly repeatable: boolean
  readonly was: number
  readonly is: number
}

/** A cell with all that is known of it, for oracles to look at. */
export interface Case {
  readonly cell: Cell
  readonly fault: CatalogueFault
  readonly baseline: Baseline
  readonly observation: Observation
  /** What was struck, where it reached the journal. */
  readonly struck: Moment | undefined
  readonly effects: readonly Effect[]
  /** Effects of a clean run that did not take place, and that nothing else stands in for. */
  readonly missing: readonly Difference[]
  /** Effects that took place more often than in a clean run, or only here, and stand in for none of one. */
  readonly extra: readonly Difference[]
  /** Within the step of the test in which the fault struck; `undefined` where steps are not known. */
  readonly step: Step | undefined
  /** The program's job that puts things in order has done what it does not do behind a clean run. */
  readonly isSettled: boolean
}

/** What belongs to one step of a test. */
interface Step {
  /** Effects of a clean run. */
  readonly usual: readonly Effect[]
  readonly kept: readonly Effect[]
  readonly missing: readonly Difference[]
}

/** Puts together what is known of a cell. */
export function makeCase(cell: Cell, fault: CatalogueFault, baseline: Baseline, observation: Observation): Case {
  const struck = struckIn(observation, cell)
  const doneThough = fault.reaches && cell.protocol !== 'http' ? struck?.id : undefined
  const { all: effects, settled } = effectsOfRun(observation, doneThough)
  const differences = withoutStandIns(compare(baseline.effects, effects), baseline.effects, effects)
  return {
    cell,
    fault,
    baseline,
    observation,
    struck,
    effects,
    missing: differences.filter(({ was, is }) => is < was),
    extra: differences.filter(({ was, is }) => is > was),
    step: stepOf(cell, baseline, observation, { effects, settled }),
    isSettled: compare(baseline.settled ?? [], settled).some((one) => one.is > one.was && isHard(one)),
  }
}

/** Effects that matter: what a cache holds and what was acknowledged follows from others. */
export function isHard({ kind }: { readonly kind: Effect['kind'] }): boolean {
  return kind !== 'cache' && kind !== 'ack'
}

/** Those that cannot be repeated say more of what is wrong. */
export function byWeight(a: Difference, b: Difference): number {
  return Number(a.repeatable) - Number(b.repeatable)
}

/** `POST /v1/charges took place twice instead of once`. */
export function describeDifference({ boundary, operation, was, is }: Difference): string {
  return `${operation} at ${boundary} took place ${howOften(is)} instead of ${howOften(was)}`
}

/** `not at all`, `once`, `6 times`. */
export function howOften(count: number): string {
  return count === 0 ? 'not at all' : count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`
}

function compare(was: readonly Effect[], is: readonly Effect[]): readonly Difference[] {
  const groups = Map.groupBy([...was, ...is], ({ boundary, operation }) => `${boundary}\0${operation}`)
  return [...groups.values()].map((group) => {
    const one = group[0]!
    const { boundary, operation, kind } = one
    const repeatable = group.every((each) => each.repeatable)
    return { boundary, operation, kind, repeatable, was: countOf(was, one), is: countOf(is, one) }
  })
}

function countOf(effects: readonly Effect[], operation: Parameters<typeof isAt>[1]): number {
  return effects.filter((one) => isAt(one, operation)).length
}

function struckIn({ moments }: Observation, { boundary, operation, nth, protocol }: Cell): Moment | undefined {
  if (protocol === 'http') return undefined
  return moments.filter((moment) => isAt(moment, { boundary, operation }))[nth - 1]
}

function stepOf(
  cell: Cell,
  baseline: Baseline,
  observation: Observation,
  { effects, settled }: { readonly effects: readonly Effect[]; readonly settled: readonly Effect[] },
): Step | undefined {
  const clean = referenceOf(baseline)
  // What fails within its first step has ended none.
  if (referenceOf(baseline.under?.clean ?? baseline).steps.length === 0) return undefined
  const target = clean.moments.filter((moment) => isAt(moment, cell))[cell.nth - 1]
  if (!target) return undefined
  const step = stepAt(clean, placeOf(target))
  const was = baseline.effects.filter((one) => stepAt(clean, one.place) === step && !baseline.settled?.includes(one))
  const is = effects.filter((one) => stepAt(observation, one.place) === step && !settled.includes(one))
  const [all, now] = [
    [...was, ...(baseline.settled ?? [])],
    [...is, ...settled],
  ]
  const differences = withoutStandIns(compare(all, now), all, now)
  // A test that fails ends its step before others are done: what they do then belongs to none, or to the next one.
  const isLate = (one: Difference): boolean => countOf(effects, one) >= countOf(baseline.effects, one)
  return { usual: was, kept: is, missing: differences.filter((one) => one.is < one.was && !isLate(one)) }
}
