import { formatPointer } from '../core/json-pointer.ts'

/** Hears of what is read. `whole`: the names of an object, or the length of an array. */
export type OnRead = (pointer: string, whole: boolean) => void

/** What stands for an object that is watched. */
interface Watched {
  readonly target: object
  readonly way: readonly string[]
}

const watched = new WeakMap<object, Watched>()

/**
 * Stands for a parsed body, and tells which of its fields are read. Everything else is as with the body itself: what is
 * written into it belongs to the program, and is not told of.
 */
export function traceJson<T extends object>(body: T, onRead: OnRead): T {
  const known = new WeakMap<object, object>()
  const wrap = (target: object, way: readonly string[]): object => {
    const before = known.get(target)
    if (before) return before
    const proxy = new Proxy(target, handlerOf(way, onRead, wrap))
    known.set(target, proxy)
    watched.set(proxy, { target, way })
    return proxy
  }
  return wrap(body, []) as T
}

function handlerOf(
  way: readonly string[],
  onRead: OnRead,
  wrap: (target: object, way: readonly string[]) => object,
): ProxyHandler<object> {
  /** What the program has written itself. */
  const own = new Set<string | symbol>()
  let isListed = false
  const isOfAnswer = (target: object, key: string | symbol): key is string =>
    typeof key === 'string' && !own.has(key) && Object.hasOwn(target, key)
  const wayTo = (target: object, key: string): readonly string[] => [...way, Array.isArray(target) ? '*' : key]
  return {
    get(target, key, receiver) {
      if (!isOfAnswer(target, key)) return Reflect.get(target, key, receiver) as unknown
      const value = (target as Record<string, unknown>)[key]
      if (Array.isArray(target) && key === 'length') onRead(formatPointer(way), true)
      else onRead(formatPointer(wayTo(target, key)), false)
      if (typeof value !== 'object' || value === null || isFixed(target, key)) return value
      return wrap(value, wayTo(target, key))
    },
    has(target, key) {
      if (isOfAnswer(target, key)) onRead(formatPointer(wayTo(target, key)), false)
      return Reflect.has(target, key)
    },
    ownKeys(target) {
      isListed = true
      onRead(formatPointer(way), true)
      return Reflect.ownKeys(target)
    },
    getOwnPropertyDescriptor(target, key) {
      // Who lists all names looks at each of them in this way; who has not, asks for this one.
      if (!isListed && isOfAnswer(target, key)) onRead(formatPointer(wayTo(target, key)), false)
      return Reflect.getOwnPropertyDescriptor(target, key)
    },
    set(target, key, value) {
      own.add(key)
      return Reflect.set(target, key, value)
    },
    defineProperty(target, key, descriptor) {
      own.add(key)
      return Reflect.defineProperty(target, key, descriptor)
    },
    deleteProperty(target, key) {
      own.add(key)
      return Reflect.deleteProperty(target, key)
    },
  }
}

/** A proxy may not give anything else for what cannot change any more. */
function isFixed(target: object, key: string): boolean {
  const { configurable, writable } = Reflect.getOwnPropertyDescriptor(target, key) ?? {}
  return configurable === false && writable === false
}

/**
 * A value without anything that is watched in it: proxies cannot be cloned. Who clones reads all of it.
 *
 * @returns The value itself when nothing in it is watched.
 */
export function untraced<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const found = watched.get(value)
  if (found) {
    readAll(value)
    return found.target as T
  }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => untraced(item))
    return items.some((item, i) => item !== value[i]) ? (items as T) : value
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const entries = Object.entries(value).map(([name, item]) => [name, untraced(item as unknown)] as const)
  const isSame = entries.every(([name, item]) => item === (value as Record<string, unknown>)[name])
  return isSame ? value : (Object.fromEntries(entries) as T)
}

function readAll(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const item of Object.values(value)) readAll(item)
}
