import { AsyncLocalStorage } from 'node:async_hooks'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Caller } from '../engine/follow-calls.ts'
import { followClients } from '../engine/follow-clients.ts'
import { followHttpCalls } from '../engine/follow-http-calls.ts'
import { followWrites } from '../engine/follow-writes.ts'
import { holdConnection } from '../engine/held-connections.ts'

// A bundler or a test runner may load this module twice in one process.
const key = Symbol.for('mortar.call-stacks')
/** The lines of the program that have called the client which is at work, the innermost first. */
const shared = globalThis as { [key]?: AsyncLocalStorage<string> }

const deep = 60

const notOurs = /[\\/]node_modules[\\/]/

/** The folder of this package: what is in it calls for somebody else. */
export const own: string = fileURLToPath(new URL('..', import.meta.url))

/** From now on it is known of what clients write who has called them; that costs some microseconds each. */
export function watchCallStacks(): void {
  if (shared[key]) return
  const callers = (shared[key] = new AsyncLocalStorage<string>())
  followHttpCalls((call) => runFor(callers, callerNow(callers), call))
  followClients({ now: () => callerOf(callers, callerNow(callers)), nobody: callerOf(callers, '') })
}

/** The stack of its caller, as V8 prints it. */
export function stackHere(): string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = deep
  const { stack = '' } = new Error()
  Error.stackTraceLimit = stackTraceLimit
  return stack
}

/** The files of what is running on the stack of its caller, without what only waits for that. */
export function runningFiles(): readonly string[] {
  const { prepareStackTrace, stackTraceLimit } = Error
  Error.stackTraceLimit = deep
  // A runner that puts stacks into words may leave out what waits.
  Error.prepareStackTrace = (_error, sites) => {
    const end = sites.findIndex((site) => (site as AsyncCallSite).isAsync())
    return (end < 0 ? sites : sites.slice(0, end)).map((site) => site.getFileName() ?? '')
  }
  try {
    return new Error().stack as unknown as readonly string[]
  } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** As V8 has it; not in the types of node. */
interface AsyncCallSite extends NodeJS.CallSite {
  isAsync(): boolean
}

/** Who writes now, to be known again when it is read. @returns `undefined` unless that is watched. */
export function callerSnapshot(): (<T>(work: () => T) => T) | undefined {
  const callers = shared[key]
  return callers && callerOf(callers, callerNow(callers)).run
}

/** Takes note of a connection that the program opens, if calls are watched. */
export function noteConnection(socket: Socket): void {
  if (shared[key]) holdConnection(socket)
}

/**
 * What a client writes on this connection is known to be asked by whoever calls it then, if that is watched.
 *
 * @param connect - Has it connect. What comes in later comes in for nobody, as connections outlive who needs them first.
 */
export function followCallers<T>(socket: Socket, connect: () => T): T {
  const callers = shared[key]
  if (!callers) return connect()
  const connected = runFor(callers, '', connect)
  followWrites(socket, () => callerOf(callers, callerNow(callers)))
  return connected
}

/** The lines of the program that ask the question which is being read, the innermost first. */
export function askingStack(): string {
  return shared[key]?.getStore() ?? ''
}

function callerOf(callers: AsyncLocalStorage<string>, name: string): Caller {
  return {
    name,
    run: (work) => runFor(callers, name, work),
    runAlone: (work) => runFor(callers, name, work, name),
  }
}

/** For whom a client is at work that calls nothing of the program meanwhile: it may write many times for one question. */
let only: string | undefined

function runFor<T>(callers: AsyncLocalStorage<string>, caller: string, work: () => T, alone?: string): T {
  const before = only
  only = alone
  try {
    return callers.run(caller, mortarCallsFor, work)
  } finally {
    only = before
  }
}

/** What is below it on a stack has not called what is above: it only gave the client its turn. */
function mortarCallsFor<T>(work: () => T): T {
  return work()
}

/** The lines of the program on the stack or, where it has none, of the call that has led here. */
function callerNow(callers: AsyncLocalStorage<string>): string {
  return only ?? (programFrames() || (callers.getStore() ?? ''))
}

/** What a runner has put into words before, by its places: a program asks from few of them, again and again. */
const inWords = new Map<string, string>()
const mostInWords = 1000

/** The lines of the program on the stack; where a test runner puts stacks into words, which takes it long, no others. */
function programFrames(): string {
  const { prepareStackTrace: words } = Error
  if (!words) return framesOf(stackHere().split(mortarCallsFor.name, 1)[0] ?? '')
  Error.prepareStackTrace = (error, sites) => {
    const end = sites.findIndex((site) => site.getFunctionName() === mortarCallsFor.name)
    const some = (end < 0 ? sites : sites.slice(0, end)).filter((site) => isOfProgram(site.getFileName()))
    if (some.length === 0) return ''
    const places = some.map((site) => `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`).join()
    const put = inWords.get(places) ?? framesOf(String(words(error, some)))
    if (inWords.size < mostInWords) inWords.set(places, put)
    return put
  }
  try {
    return stackHere()
  } finally {
    Error.prepareStackTrace = words
  }
}

function isOfProgram(file: string | null | undefined): boolean {
  return typeof file === 'string' && !file.startsWith('node:') && !notOurs.test(file) && !file.includes(own)
}

/** Without those of node and of packages: a client writes one question from several of its own lines. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /:\d+:\d+\)?$/.test(line) && !/node:|[\\/]node_modules[\\/]|<anonymous>/.test(line))
    .filter((line) => !line.includes(own))
    .join('\n')
}
