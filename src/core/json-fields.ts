import { MortarError } from './errors.ts'
import type { Json, JsonObject } from './json.ts'

/** The failure of reading `path` as something it is not. */
export function wrongField(path: string, expected: string, seen: Json | undefined): MortarError {
  const found = seen === undefined ? 'nothing' : (JSON.stringify(seen) ?? 'nothing')
  return new MortarError('MORTAR_CASSETTE_UNREADABLE', `\`${path}\` is not ${expected}`, {
    where: path,
    expected,
    seen: found.length > 80 ? `${found.slice(0, 77)}…` : found,
  })
}

/** True for objects, false for arrays and null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for arrays; unlike `Array.isArray` it narrows read-only ones. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** @throws MortarError `MORTAR_CASSETTE_UNREADABLE` naming `path`, as the other readers here */
export function readObject(value: Json | undefined, path: string): JsonObject {
  if (!isObject(value)) throw wrongField(path, 'an object', value)
  return value
}

/** An array; an absent one counts as empty. */
export function readList(value: Json | undefined, path: string): readonly Json[] {
  if (value === undefined) return []
  if (!isList(value)) throw wrongField(path, 'a list', value)
  return value
}

/** A text, or `fallback` when the field is absent and there is one. */
export function readText(value: Json | undefined, path: string, fallback?: string): string {
  if (value === undefined && fallback !== undefined) return fallback
  if (typeof value !== 'string') throw wrongField(path, 'a text', value)
  return value
}

/** A number, or `fallback` when the field is absent and there is one. */
export function readNumber(value: Json | undefined, path: string, fallback?: number): number {
  if (value === undefined && fallback !== undefined) return fallback
  if (typeof value !== 'number') throw wrongField(path, 'a number', value)
  return value
}

/** One of `choices`, or `fallback` when the field is absent and there is one. */
export function readChoice<T extends string>(
  value: Json | undefined,
  path: string,
  choices: readonly T[],
  fallback?: T,
): T {
  if (value === undefined && fallback !== undefined) return fallback
  if (!choices.includes(value as T)) throw wrongField(path, `one of ${choices.join(', ')}`, value)
  return value as T
}
