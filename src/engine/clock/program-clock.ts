import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import timers from 'node:timers'
import promised from 'node:timers/promises'
import { promisify } from 'node:util'
import { programClockKey, realElapsed, realNow } from '../../core/real-clock.ts'
import { hold } from '../held.ts'
import { makeProgramTimers } from './program-timers.ts'
import { promisedTimers } from './promised-timers.ts'

/** The clock of the program under test. It goes as the real one does, but for what it is put forward. */
export interface ProgramClock {
  /** By how much it is ahead of the real one, milliseconds. */
  readonly aheadMs: number
  /** As node's own, by this clock. */
  readonly setTimeout: (work: () => void, ms: number) => NodeJS.Timeout
  /** A test has put a clock of its own in its place. */
  readonly isReplaced: boolean
  /** In how many milliseconds the program's next timer is due; `undefined` when it waits for none. */
  next(): number | undefined
  /** How many timers the program has made so far. */
  readonly made: number
  /** How many times a timer of the program has come to its end so far. */
  fired(): number
  /** How many timers of the program keep a process alive. */
  alive(): number
  /** How many timers of the program keep a process alive, and fire once, and soon. */
  soon(): number
  /** Puts it forward, with all timers of the program. */
  advance(ms: number): void
  /** Makes it show the real time again; timers stay as they are. */
  reset(): void
}

const shared = globalThis as { [programClockKey]?: ProgramClock | undefined }

/**
 * Puts a clock that can be put forward in the place of node's own, for what is loaded from now on: timers of all kinds,
 * `AbortSignal.timeout`, timeouts of sockets, `Date` and `performance.now`. Immediates and microtasks stay as they are.
 * Once per process.
 *
 * @returns `undefined` where node does not let its timers be moved.
 */
export function installProgramClock(): ProgramClock | undefined {
  return (shared[programClockKey] ??= install())
}

function install(): ProgramClock | undefined {
  const pending = makeProgramTimers()
  if (!pending) return undefined
  const { add, next, fired, alive, soon } = pending
  let aheadMs = 0
  const { setTimeout: realTimeout, setInterval: realInterval } = timers
  const taken = <T extends NodeJS.Timeout>(timer: T): T => {
    add(timer)
    return timer
  }
  const setTimeout = ((...args: Parameters<typeof realTimeout>) =>
    taken(realTimeout(...args))) as unknown as typeof globalThis.setTimeout
  const setInterval = ((...args: Parameters<typeof realInterval>) =>
    noted(taken(realInterval(...args)))) as unknown as typeof globalThis.setInterval
  const later = promisedTimers(setTimeout)
  Object.defineProperty(setTimeout, promisify.custom, { value: later.setTimeout })
  Object.assign(timers, { setTimeout, setInterval })
  Object.assign(globalThis, { setTimeout, setInterval })
  Object.assign(promised, { setTimeout: later.setTimeout, setInterval: later.setInterval })
  promised.scheduler.wait = (ms, options) => later.setTimeout(ms, undefined, options)
  syncBuiltinESMExports()
  replaceSignalTimeout(setTimeout)
  replaceSocketTimeout(add)

  const date = programDate(() => aheadMs)
  performance.now = () => realElapsed() + aheadMs
  const putDate = (): void => {
    if (globalThis.Date === date.real) globalThis.Date = date.own
  }
  putDate()
  return {
    get aheadMs() {
      return aheadMs
    },
    setTimeout,
    get isReplaced() {
      return globalThis.setTimeout !== setTimeout || globalThis.Date !== date.own
    },
    get made() {
      return pending.made
    },
    next,
    fired,
    alive,
    soon,
    advance(ms) {
      aheadMs += ms
      pending.advance(ms)
    },
    reset() {
      aheadMs = 0
      putDate()
    },
  }
}

const deep = 60

/** One that is there only as long as something else is, which its `unref` says, is nobody's to stop. */
function noted<T extends NodeJS.Timeout>(timer: T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = deep
  const made = new Error()
  Error.stackTraceLimit = stackTraceLimit
  const state = timer as T & { readonly _destroyed: boolean }
  // Putting a stack into words takes long, and few are asked for.
  hold({ kind: 'timer', stack: () => made.stack ?? '', isOpen: () => !state._destroyed && timer.hasRef() })
  return timer
}

interface Dates {
  readonly real: DateConstructor
  readonly own: DateConstructor
}

function programDate(ahead: () => number): Dates {
  const real = Date
  const now = (): number => realNow() + ahead()
  real.now = now
  const own: DateConstructor = new Proxy(real, {
    apply: () => new real(now()).toString(),
    construct: (target, args, made) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, made === own ? target : made) as object,
  })
  return { real, own }
}

function replaceSignalTimeout(setTimeout: typeof globalThis.setTimeout): void {
  const real = AbortSignal.timeout.bind(AbortSignal)
  AbortSignal.timeout = (ms) => {
    // What cannot be meant is said by node itself.
    if (!Number.isSafeInteger(ms) || ms < 0) return real(ms)
    const controller = new AbortController()
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    setTimeout(() => controller.abort(reason), ms).unref()
    return controller.signal
  }
}

/** Timeouts of sockets are timers that are found only in the socket itself. */
function replaceSocketTimeout(add: (timer: NodeJS.Timeout) => void): void {
  const { setTimeout: real } = net.Socket.prototype
  net.Socket.prototype.setTimeout = function (this: net.Socket, ...args: Parameters<typeof real>) {
    Reflect.apply(real, this, args)
    const place = Object.getOwnPropertySymbols(this).find(({ description }) => description === 'timeout')
    const timer = place && (this as unknown as Record<symbol, NodeJS.Timeout | null | undefined>)[place]
    if (args[0] > 0 && timer) add(timer)
    return this
  } as typeof real
}
