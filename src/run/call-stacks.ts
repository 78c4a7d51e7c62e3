import { AsyncLocalStorage } from 'node:async_hooks'
import type { Socket } from 'node:net'
import { followHttpCalls } from '../engine/follow-http-calls.ts'
import { followWrites, type Writer } from '../engine/follow-writes.ts'

interface CallStacks {
  /** Of the request that is being made, and of all that comes of it. */
  readonly calls: AsyncLocalStorage<string>
  /** Of whoever asks the question that is being read. */
  readonly asking: AsyncLocalStorage<string>
}

// A bundler or a test runner may load this module twice in one process.
const key = Symbol.for('mortar.call-stacks')
const shared = globalThis as { [key]?: CallStacks }

const deep = 60

/** From now on it is known of what clients write who has called them; that costs some microseconds each. */
export function watchCallStacks(): void {
  if (shared[key]) return
  const calls = new AsyncLocalStorage<string>()
  shared[key] = { calls, asking: new AsyncLocalStorage() }
  followHttpCalls((call) => calls.run(stackHere(), call))
}

/** The stack of its caller, as V8 prints it. */
export function stackHere(): string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = deep
  const { stack = '' } = new Error()
  Error.stackTraceLimit = stackTraceLimit
  return stack
}

/** Who writes now, to be known again when it is read. @returns `undefined` unless that is watched. */
export function callerSnapshot(): (<T>(work: () => T) => T) | undefined {
  const stacks = shared[key]
  if (!stacks) return undefined
  const { calls, asking } = stacks
  const stack = `${stackHere()}\n${calls.getStore() ?? ''}`
  return (work) => asking.run(stack, work)
}

/** What a client writes on this connection is known to be asked by whoever is on its stack then, if that is watched. */
export function followCallers(socket: Socket): void {
  const stacks = shared[key]
  if (!stacks) return
  followWrites(socket, (): Writer => {
    const stack = stackHere()
    return { name: framesOf(stack), run: (work) => stacks.asking.run(stack, work) }
  })
}

/** Without those of node and of packages: a client writes one question from several of its own lines. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !/node:|[\\/]node_modules[\\/]/.test(line))
    .join('\n')
}

/** The stacks of whoever asks the question that is being read, the innermost first. */
export function askingStack(): string {
  return shared[key]?.asking.getStore() ?? ''
}
