/** Whoever calls a client, as it is known when that is called. */
export interface Caller {
  /** Equal for equal places in the program. */
  readonly name: string
  /** What is done within `work` is done for this caller, however much later. */
  readonly run: <T>(work: () => T) => T
  /** The same for work in which nobody but the client is at it: for whom it writes need not be looked for. */
  readonly runAlone: <T>(work: () => T) => T
}

/** What is known of callers. */
export interface Callers {
  /** Who calls now. */
  readonly now: () => Caller
  /** For what is done for several, or for nobody in particular. */
  readonly nobody: Caller
}

/** The parts of a class by which its calls are followed. */
export type Methods = Record<string, unknown>

type Method = (this: unknown, ...args: unknown[]) => unknown

/** What is known of the calls of a client. */
export interface CallOptions {
  /** What a call leaves to be done by somebody else's turn: an object, and the name of its method. */
  readonly left?: (client: Methods, args: readonly unknown[]) => readonly [unknown, string]
  /** Until a call, or what it has left, returns, it calls nothing of the program. */
  readonly alone?: true
}

/** Everything that comes of a call is done for its caller, callbacks that it is given included. */
export function followCalls(
  methods: Methods,
  names: readonly string[],
  { now }: Callers,
  { left, alone }: CallOptions = {},
): void {
  const runs = ({ run, runAlone }: Caller): Caller['run'] => (alone ? runAlone : run)
  for (const name of names) {
    wrap(methods, name, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const caller = now()
        const bound = args.map((arg) => (typeof arg === 'function' ? boundTo(caller.run, arg as Method) : arg))
        const result = runs(caller)(() => Reflect.apply(original, this, bound))
        const [object, method] = left?.(this as Methods, args) ?? []
        if (typeof object !== 'object' || object === null || method === undefined) return result
        const later = (object as Methods)[method]
        if (typeof later === 'function' && !Object.hasOwn(object, method)) {
          Object.assign(object, { [method]: boundTo(runs(caller), later as Method) })
        }
        return result
      }
    })
  }
}

/** Writers of what is sent together: those who have added something since the last time. */
export interface Gathered {
  adds(methods: Methods, names: readonly string[], to: (client: Methods) => unknown): void
  /** @param from - Whose it is that is sent; left out: its own. */
  sends(methods: Methods, name: string, from?: (client: Methods, args: readonly unknown[]) => unknown): void
  /** What is added here is sent by somebody else, who is given what `name` returns. */
  hands(methods: Methods, name: string): void
}

/** What several calls have added before it is sent is sent for nobody; what one has, for its caller. */
export function gatherCalls({ now, nobody }: Callers): Gathered {
  const waiting = new WeakMap<object, Map<string, Caller>>()
  return {
    adds(methods, names, to) {
      for (const name of names) {
        wrap(methods, name, (original) => {
          return function (this: unknown, ...args: unknown[]): unknown {
            const sender = to(this as Methods)
            if (typeof sender === 'object' && sender !== null) {
              const caller = now()
              const some = waiting.get(sender) ?? new Map<string, Caller>()
              waiting.set(sender, some.set(caller.name, caller))
            }
            return Reflect.apply(original, this, args)
          }
        })
      }
    },
    hands(methods, name) {
      wrap(methods, name, (original) => {
        return function (this: unknown, ...args: unknown[]): unknown {
          const handed = Reflect.apply(original, this, args)
          const some = waiting.get(this as object)
          waiting.delete(this as object)
          if (some && typeof handed === 'object' && handed !== null) waiting.set(handed, some)
          return handed
        }
      })
    },
    sends(methods, name, from = (client) => client) {
      wrap(methods, name, (original) => {
        return function (this: unknown, ...args: unknown[]): unknown {
          const sender = from(this as Methods, args) as object
          const [caller, ...others] = waiting.get(sender)?.values() ?? []
          waiting.delete(sender)
          const only = caller && others.length === 0 ? caller : nobody
          return only.runAlone(() => Reflect.apply(original, this, args))
        }
      })
    },
  }
}

function boundTo(run: Caller['run'], work: Method): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    return run(() => Reflect.apply(work, this, args))
  }
}

/** Puts something in the place of a method that looks the same from outside. */
export function wrap(methods: Methods, name: string, by: (original: Method) => Method): void {
  const descriptor = Object.getOwnPropertyDescriptor(methods, name)
  const original = descriptor?.value as unknown
  if (typeof original !== 'function') return
  const value = by(original as Method)
  Object.defineProperty(value, 'name', { value: original.name, configurable: true })
  Object.defineProperty(value, 'length', { value: original.length, configurable: true })
  Object.defineProperty(methods, name, { ...descriptor, value })
}
