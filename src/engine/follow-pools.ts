import { type Callers, type Methods, wrap } from './follow-calls.ts'
import { hold } from './held.ts'

/** By which methods of its class a pool lends its clients. */
export interface PoolMethods {
  /** Lends one: to a callback `(error, client)`, or by a promise of the pool's own class of promises. */
  readonly lends: string
  /** Those that take one for themselves, and give it back whatever happens. */
  readonly asks: readonly string[]
  /** Set: takes one back. Left out: each client has a `release` of its own for each time that it is lent. */
  readonly takesBack?: string
}

type Lent = Record<'release', unknown>
type Release = (...args: readonly unknown[]) => unknown

/** Takes note of each client that a pool lends to the program until it is given back. */
export function followPool(methods: Methods, { lends, asks, takesBack }: PoolMethods, { now }: Callers): void {
  const out = new WeakMap<object, ReturnType<typeof hold>>()
  let own = 0
  const giveBack = (client: unknown): void => {
    if (typeof client !== 'object' || client === null) return
    out.get(client)?.(() => now().name)
    out.delete(client)
  }
  const note = (client: unknown, stack: string): void => {
    if (typeof client !== 'object' || client === null) return
    giveBack(client)
    const givenBack = hold({ kind: 'pool client', stack: () => stack, isOpen: () => true })
    out.set(client, givenBack)
    if (takesBack === undefined) hearRelease(client as Lent, () => giveBack(client))
  }
  for (const name of asks) {
    wrap(methods, name, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        own++
        try {
          return Reflect.apply(original, this, args)
        } finally {
          own--
        }
      }
    })
  }
  wrap(methods, lends, (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      if (own > 0) return Reflect.apply(original, this, args)
      const { name: stack } = now()
      const [callback] = args
      if (typeof callback !== 'function') {
        return hearResolve(
          this as Methods,
          (client) => note(client, stack),
          () => Reflect.apply(original, this, args),
        )
      }
      const heard = function (this: unknown, error: unknown, client: unknown, ...more: unknown[]): unknown {
        // What it hands out besides is the `release` of before, which would not be heard.
        const release = (client as Lent | undefined)?.release
        note(client, stack)
        const others = more.map((one) => (one === release && one !== undefined ? (client as Lent).release : one))
        return Reflect.apply(callback, this, [error, client, ...others])
      }
      return Reflect.apply(original, this, [heard])
    }
  })
  if (takesBack === undefined) return
  wrap(methods, takesBack, (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      giveBack(args[0])
      return Reflect.apply(original, this, args)
    }
  })
}

function hearRelease(client: Lent, heard: () => void): void {
  const { release } = client
  if (typeof release !== 'function') return
  client.release = function (this: unknown, ...args: unknown[]): unknown {
    heard()
    return Reflect.apply(release as Release, this, args)
  }
}

/**
 * Hears what the promise that `call` makes is resolved with, before anybody else does. One more promise behind it would
 * take the lines of the program from the stacks of its errors.
 */
function hearResolve<T>(pool: Methods, heard: (value: unknown) => void, call: () => T): T {
  const { Promise: own } = pool
  if (typeof own !== 'function') return call()
  type Executor = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void
  pool['Promise'] = new Proxy(own, {
    construct(made, [executor]: [Executor]) {
      const listening: Executor = (resolve, reject) => {
        const first = (value: unknown): void => {
          heard(value)
          resolve(value)
        }
        executor(first, reject)
      }
      return Reflect.construct(made, [listening]) as object
    },
  })
  try {
    return call()
  } finally {
    pool['Promise'] = own
  }
}
