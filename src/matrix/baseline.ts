import type { TestRef } from '../core/exchange.ts'
import { type Effect, effectsOfRun } from './effects.ts'
import type { Observation } from './observation.ts'
import { isAt } from './stand-ins.ts'

/** What a test does when nothing goes wrong, seen several times. */
export interface Baseline {
  readonly test: TestRef
  /** Only tests that are `stable` are judged; one that is `armed` arms a fault by itself. */
  readonly state: 'stable' | 'armed' | 'flaky' | 'failing'
  /** In what the clean runs differ, or with what they fail, or that it tests a failure; empty for a stable test. */
  readonly why: string
  /** Of the slowest run. */
  readonly durationMs: number
  readonly runs: readonly [Observation, ...Observation[]]
  /** Set: it is no clean run, but one under the fault of the cell of this id; this is the clean one. */
  readonly under?: { readonly cell: string; readonly clean: Baseline }
  /** Of the last run, and of the job behind it. */
  readonly effects: readonly Effect[]
  /** Of that job by itself. */
  readonly settled?: readonly Effect[]
}

/** Sums up the clean runs of one test. */
export function makeBaseline(test: TestRef, runs: readonly [Observation, ...Observation[]]): Baseline {
  const effects = runs.map((run) => effectsOfRun(run))
  const counts = effects.map(({ all }) => describeCounts(all))
  const passed = runs.filter((run) => run.passed).length
  const failure = failureIn(runs.find((run) => !run.passed)?.errors ?? [])
  const [state, why] =
    passed === 0
      ? (['failing', failure] as const)
      : passed < runs.length
        ? (['flaky', `it passed ${passed} of ${runs.length} times${orderIn(runs)}: ${failure}`] as const)
        : runs.some((run) => run.armsFaults)
          ? (['armed', 'it arms a fault by itself, so it tests a failure already'] as const)
          : new Set(counts).size > 1 && !isKeptThen(effects.map(({ all }) => all))
            ? (['flaky', differing(counts)] as const)
            : (['stable', ''] as const)
  const durationMs = Math.max(...runs.map((run) => run.durationMs))
  const { all, settled } = effects.at(-1)!
  return { test, state, why, durationMs, runs, effects: all, settled }
}

/**
 * Whether the first run of a process does something that no later one does, and all else as they do: what came of it is
 * kept, such as a login.
 */
function isKeptThen(runs: readonly (readonly Effect[])[]): boolean {
  const last = runs.at(-1)!
  const usual = describeCounts(last)
  const areUsual = runs.map((run) => describeCounts(run) === usual)
  const first = areUsual.indexOf(true)
  const [early, later] = [runs.slice(0, first), areUsual.slice(first)]
  if (later.length < 2 || later.includes(false)) return false
  const besides = early.map((run) => describeCounts(run.filter((one) => !last.some((other) => isAt(one, other)))))
  const rest = early.map((run) => describeCounts(run.filter((one) => last.some((other) => isAt(one, other)))))
  return rest.every((one) => one === usual) && new Set(besides).size === 1
}

/** In what runs differ. What only the first one does is most likely kept by the process, such as a token. */
function differing([first = '', ...others]: readonly string[]): string {
  const isFirst = others.length > 1 && new Set(others).size === 1
  const why = isFirst
    ? 'its effects differ between the first run and the next, so it may keep something'
    : 'its effects differ from run to run'
  return `${why}: ${[...new Set([first, ...others])].map((one) => one || 'none').join(' | ')}`
}

/** An error that says only that something failed is told with its cause. */
function failureIn([error, cause]: Observation['errors']): string {
  if (!error) return 'it failed'
  return error.message === 'fetch failed' && cause?.message ? `fetch failed: ${cause.message}` : error.message
}

/** A test that passes first, and never again, has most likely left something behind. */
function orderIn(runs: readonly Observation[]): string {
  const isFirst = runs.every(({ passed }, i) => passed === (i === 0))
  return isFirst ? ', the first time, so it may leave something behind' : ''
}

/** Whether a run that nothing went wrong in did what clean runs do, or what the first of them does in its process. */
export function isAsUsual(baseline: Baseline, run: Observation): boolean {
  const [first] = baseline.runs
  return [first, referenceOf(baseline)].some((clean) => makeBaseline(baseline.test, [clean, run]).state === 'stable')
}

/** The run that cells are compared with. */
export function referenceOf({ runs }: Baseline): Observation {
  return runs.at(-1)!
}

/** How long a test takes that is not the first of its process, where nothing else is in its way, milliseconds. */
export function usualMsOf({ runs }: Baseline): number {
  return Math.min(...runs.map(({ durationMs }) => durationMs))
}

/** The most memory that a process of its own takes, bytes; 0: nobody knows. */
export function usualBytesOf({ runs }: Baseline): number {
  return Math.max(...runs.map(({ bytes = 0 }) => bytes))
}

function describeCounts(effects: readonly Effect[]): string {
  const counts = new Map<string, number>()
  for (const { boundary, operation, repeatable } of effects) {
    // How often something is done that can be repeated depends on chance, such as polling does.
    if (!repeatable) counts.set(`${boundary} ${operation}`, (counts.get(`${boundary} ${operation}`) ?? 0) + 1)
  }
  return [...counts]
    .map(([name, count]) => `${name} ×${count}`)
    .sort()
    .join(', ')
}
