import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'
import { closestWord } from '../core/closest-word.ts'

/** Says what one value of a config must be. */
export interface Check {
  /** For people: `a string`, `one of none, once, new, all, live`. */
  readonly expected: string
  accepts(value: unknown): boolean
  /** For objects: the keys they may have. */
  readonly keys?: Shape
}

/** What each key of an object must be. All are optional but those in `required`. */
export type Shape = Readonly<Record<string, Check>>

export const string: Check = { expected: 'a string', accepts: (value) => typeof value === 'string' && value !== '' }
export const boolean: Check = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' }
export const positive: Check = {
  expected: 'a positive number',
  accepts: (value) => typeof value === 'number' && value > 0,
}
export const port: Check = {
  expected: 'a port from 1 to 65535',
  accepts: (value) => typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536,
}
export const fn: Check = { expected: 'a function', accepts: (value) => typeof value === 'function' }
export const strings: Check = {
  expected: 'a list of strings',
  accepts: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
}
export const stringsOrExpressions: Check = {
  expected: 'a list of strings or regular expressions',
  accepts: (value) =>
    Array.isArray(value) && value.every((entry) => typeof entry === 'string' || entry instanceof RegExp),
}

/** One of a few words. */
export function oneOf(words: readonly string[]): Check {
  return { expected: `one of ${words.join(', ')}`, accepts: (value) => words.includes(value as string) }
}

/** An object with these keys and no others. */
export function object(keys: Shape): Check {
  return { expected: 'an object', accepts: isObject, keys }
}

/** An object whose values are all alike, under any keys. */
export function recordOf(expected: string, accepts: (value: unknown) => boolean): Check {
  return {
    expected: `an object of ${expected}`,
    accepts: (value) => isObject(value) && Object.values(value).every(accepts),
  }
}

/** Either of two. */
export function either(a: Check, b: Check): Check {
  const keys = a.keys ?? b.keys
  return {
    expected: `${a.expected} or ${b.expected}`,
    accepts: (value) => a.accepts(value) || b.accepts(value),
    ...(keys && { keys }),
  }
}

/**
 * Holds an object against a shape.
 *
 * @param where - The file, for the message.
 * @param path - The object's own path in it: `boundaries.github`.
 * @throws MortarError `MORTAR_CONFIG_UNKNOWN_KEY`, `MORTAR_CONFIG_INVALID`
 */
export function checkShape(value: unknown, shape: Shape, where: string, path = ''): void {
  if (!isObject(value)) {
    throw new MortarError('MORTAR_CONFIG_INVALID', `${path || 'the config'} must be an object`, {
      where,
      seen: show(value),
    })
  }
  for (const [key, entry] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key
    const check = Object.hasOwn(shape, key) ? shape[key] : undefined
    if (!check) {
      const known = Object.keys(shape)
      const near = closestWord(key, known)
      throw new MortarError('MORTAR_CONFIG_UNKNOWN_KEY', `unknown key \`${at}\``, {
        where,
        hint: near ? `Did you mean \`${near}\`?` : `Known keys: ${known.join(', ')}.`,
      })
    }
    if (entry === undefined) continue
    if (!check.accepts(entry)) {
      throw new MortarError('MORTAR_CONFIG_INVALID', `\`${at}\` is not valid`, {
        where,
        expected: check.expected,
        seen: show(entry),
      })
    }
    if (check.keys && isObject(entry)) checkShape(entry, check.keys, where, at)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RegExp)
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  const text = typeof value === 'string' ? JSON.stringify(value) : anyText(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
