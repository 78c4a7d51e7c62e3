import type { LeftOpen } from './left-open.ts'
import type { Moment } from '../timeline/moment.ts'

/** An error as it was thrown. */
export interface ErrorText {
  readonly name: string
  readonly message: string
  readonly stack: string
  /** It came of a promise that nobody waits for, and not of an event. */
  readonly rejected?: true
}

/** One question to a service over HTTP, as the program asked it; those that a fault kept from the service too. */
export interface Ask {
  /** Place among all that was asked in its process. */
  readonly place: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly boundary: string
  readonly operation: string
  /** Equal for equal idempotency keys; absent when there is none. */
  readonly key?: string
  /** The first line of the program on the stack: `src/billing.ts:88`. */
  readonly site?: string
  /** Asked by what stands in for somebody else, who asks the program: a webhook that comes in. */
  readonly byStandIn?: true
  /** Only files of tests are on the stack. */
  readonly byTest?: true
  /** A test has called the program just now, which has asked at once. */
  readonly fromTest?: true
  /** A fault struck it. */
  readonly struck?: true
  /** Of what was struck: equal for equal questions, body and all. */
  readonly said?: string
  /** How many timers of the program had come to their end by then; absent where its clock is not ours. */
  readonly fired?: number
  /** It is known that nothing of the body of its answer was read. */
  readonly unread?: true
}

/** How a run of a test came to its end: by itself, only after it was given up, or with its process. */
export type EndedHow = 'in time' | 'late' | 'died'

/** How long a program waited by its own clock, milliseconds, and how that came to an end. */
export interface Waited {
  readonly ms: number
  /** It gave up by itself; nothing was left that could go on; it would have gone on waiting; it did not wait at all. */
  readonly until: 'gave up' | 'nothing left' | 'too long' | 'spinning'
}

/** The program's clock was put forward. */
export interface Jump {
  /** By the real clock, milliseconds since the epoch. */
  readonly at: number
  readonly ms: number
}

/** The fault was lifted although it might have struck on. */
export interface Lifted {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Nothing more was to be expected; its time was over; it had been asked often enough. */
  readonly why: 'stuck' | 'time' | 'asks'
}

/** What one run of a test showed. */
export interface Observation {
  readonly passed: boolean
  readonly ended: EndedHow
  /** What it failed with, causes behind what they caused. */
  readonly errors: readonly ErrorText[]
  /** What nobody caught. */
  readonly uncaught: readonly ErrorText[]
  readonly durationMs: number
  /** The most memory that its process took, bytes, where that was one of its own and is known. */
  readonly bytes?: number
  /** Set when it took longer by the program's clock than the test may take. */
  readonly waited?: Waited
  /** By how much the program's clock was put forward, and when. */
  readonly jumps?: readonly Jump[]
  /** From then on the fault struck no more. */
  readonly lifted?: Lifted
  /** With what the next run failed, in which nothing went wrong; left out: it did not, or was not looked at. */
  readonly poisons?: string
  /** The test has armed a fault by itself. */
  readonly armsFaults?: true
  /** How many exchanges the fault struck. */
  readonly struck: number
  /** Why something that it was to strike could not be struck. */
  readonly hindered?: string
  /** Something was asked that no recording answers. */
  readonly missed: boolean
  /** What that was, where it is known: `GET /v1/charges at gateway`. */
  readonly unrecorded?: readonly string[]
  /** What the test left at the servers, one line each. */
  readonly leftBehind: readonly string[]
  /** What the program has not given back, where its own process can say that. */
  readonly leftOpen?: readonly LeftOpen[]
  /** Where each step of the test ended: places, in order. Empty when that is not known. */
  readonly steps: readonly number[]
  readonly asks: readonly Ask[]
  /** How many calls over HTTP that cross no boundary, such as those of the test to the program, were refused. */
  readonly refusals: number
  /** How many of them were answered with 500 and more, where that is known. */
  readonly serverErrors?: number
  readonly moments: readonly Moment[]
  /** What a job did then that puts things in order, where there is one; not among all the rest. */
  readonly settled?: Settled
}

/** What crossed while a job of the program put things in order behind a test. */
export interface Settled {
  readonly moments: readonly Moment[]
  readonly asks: readonly Ask[]
}

/** Place of a moment among all that was asked in its process. */
export function placeOf({ id }: Moment): number {
  return Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 36)
}

/** Tells what the program's job has done from what its test did. */
export function splitSettled<T extends Observation & { readonly settledAt?: number }>(run: T): T {
  const { settledAt } = run
  if (settledAt === undefined) return run
  const isLater = ({ at }: { readonly at: number }): boolean => at >= settledAt
  const isBefore = ({ at }: { readonly at: number }): boolean => at < settledAt
  // Whoever has called the job, it is the program's.
  const asks = run.asks.filter(isLater).map(({ byTest: _byTest, byStandIn: _byStandIn, ...ask }) => ask)
  return {
    ...run,
    moments: run.moments.filter(isBefore),
    asks: run.asks.filter(isBefore),
    settled: { moments: run.moments.filter(isLater), asks },
  }
}

/** Leaves out what crossed only while it was waited for the program to give back what it has taken. */
export function withoutBehind<T extends Observation & { readonly behindAt?: number }>(run: T): T {
  const { behindAt } = run
  if (behindAt === undefined) return run
  const isBefore = ({ at }: { readonly at: number }): boolean => at < behindAt
  return { ...run, moments: run.moments.filter(isBefore), asks: run.asks.filter(isBefore) }
}

/** What was asked in a run as the program's clock would have it. */
export function inProgramTime<T extends Pick<Observation, 'asks' | 'moments' | 'lifted' | 'settled'>>(
  run: T,
  jumps: readonly Jump[] = [],
): T {
  if (jumps.length === 0) return run
  const moved = <E extends { readonly at: number }>(one: E): E => {
    const ahead = jumps.reduce((sum, { at, ms }) => (at <= one.at ? sum + ms : sum), 0)
    return ahead === 0 ? one : { ...one, at: one.at + ahead }
  }
  const { asks, moments, lifted, settled } = run
  return {
    ...run,
    asks: asks.map(moved),
    moments: moments.map(moved),
    ...(lifted && { lifted: moved(lifted) }),
    ...(settled && { settled: { asks: settled.asks.map(moved), moments: settled.moments.map(moved) } }),
  }
}

/** The step of the test in which something was asked, counted from 0. */
export function stepAt({ steps }: Observation, place: number): number {
  return steps.filter((end) => end < place).length
}

/** When each question of an operation was asked, milliseconds since the epoch, in order. */
export function attemptsOf(
  { asks, moments }: Observation,
  { boundary, operation }: { readonly boundary: string; readonly operation: string },
): readonly number[] {
  const same = (one: { readonly boundary: string; readonly operation: string }): boolean =>
    one.boundary === boundary && one.operation === operation
  const asked = asks.filter(same)
  return (asked.length > 0 ? asked : moments.filter(same)).map(({ at }) => at)
}
