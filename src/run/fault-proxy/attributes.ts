import { anyText } from '../../core/any-value.ts'
import { closestWord } from '../../core/closest-word.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { FaultMatch } from '../../modes/faults/fault-set.ts'
import { badBody } from './api-error.ts'

/** What an attribute may be, and what it is when it is left out; without a default it is left out as well. */
export type AttributeRule =
  | { readonly type: 'number'; readonly default?: number; readonly required?: true }
  | { readonly type: 'text'; readonly default?: string; readonly required?: true; readonly shape?: TextShape }
  | { readonly type: 'flag' }
  | { readonly type: 'texts' }
  | { readonly type: 'match'; readonly keys: readonly (keyof FaultMatch)[] }

/** What a text must look like. */
interface TextShape {
  readonly pattern: RegExp
  /** For the message: `five of 0-9 and A-Z`. */
  readonly words: string
}

/** Attributes of one type of toxic by name. */
export type AttributeRules = Readonly<Record<string, AttributeRule>>

/**
 * Reads the attributes of a toxic.
 *
 * @param before - What they are now; what is not given stays.
 * @throws ApiError 400
 */
export function readAttributes(rules: AttributeRules, given: Json | undefined, before: JsonObject = {}): JsonObject {
  const fields = given === undefined || given === null ? {} : readObject(given, 'attributes')
  refuseUnknown(Object.keys(fields), Object.keys(rules), 'attribute')
  const read: Record<string, Json> = {}
  for (const [name, rule] of Object.entries(rules)) {
    const value = fields[name] ?? before[name] ?? ('default' in rule ? rule.default : undefined)
    if (value !== undefined) read[name] = checked(rule, value, `attributes.${name}`)
    else if ('required' in rule) throw badBody(`attributes.${name} is missing`)
  }
  return read
}

/** @throws ApiError 400 when the value is no JSON object */
export function readObject(value: Json | undefined, what: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw badBody(`${what} must be an object, and is ${shortly(value)}`)
}

/** What a match of a toxic means; `/…/` and `/…/i` are expressions. Left out, every question is struck. */
export function faultMatch(match: Json | undefined): FaultMatch {
  const { operation, fingerprint, effect, nth, times } = (match ?? {}) as Record<string, never>
  return {
    ...(operation !== undefined && { operation: pattern(operation) }),
    ...(fingerprint !== undefined && { fingerprint: pattern(fingerprint) }),
    ...(effect !== undefined && { effect }),
    ...(nth !== undefined && { nth }),
    times: times ?? (nth === undefined ? Number.POSITIVE_INFINITY : 1),
  }
}

/** Shows a value in an error message. */
export function shortly(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function checked(rule: AttributeRule, value: Json, where: string): Json {
  if (rule.type === 'number') {
    if (typeof value !== 'number' || value < 0)
      throw badBody(`${where} must be a number from 0, and is ${shortly(value)}`)
  } else if (rule.type === 'text') {
    if (typeof value !== 'string') throw badBody(`${where} must be a string, and is ${shortly(value)}`)
    if (rule.shape && !rule.shape.pattern.test(value))
      throw badBody(`${where} must be ${rule.shape.words}, and is ${shortly(value)}`)
  } else if (rule.type === 'flag') {
    if (typeof value !== 'boolean') throw badBody(`${where} must be true or false, and is ${shortly(value)}`)
  } else if (rule.type === 'texts') {
    for (const [key, text] of Object.entries(readObject(value, where))) {
      if (typeof text !== 'string') throw badBody(`${where}.${key} must be a string, and is ${shortly(text)}`)
    }
  } else checkMatch(rule.keys, readObject(value, where), where)
  return value
}

function checkMatch(keys: readonly string[], match: JsonObject, where: string): void {
  refuseUnknown(Object.keys(match), keys, `key of ${where}`)
  for (const [key, value] of Object.entries(match)) {
    const at = `${where}.${key}`
    if (key === 'effect') checked({ type: 'flag' }, value ?? null, at)
    else if (key === 'nth' || key === 'times') {
      if (!Number.isSafeInteger(value) || Number(value) < 1) throw badBody(`${at} must be a whole number from 1`)
    } else {
      checked({ type: 'text' }, value ?? null, at)
      pattern(anyText(value), at)
    }
  }
}

function pattern(text: string, where = 'match'): string | RegExp {
  const { source, flags } = /^\/(?<source>.+)\/(?<flags>[imsu]*)$/s.exec(text)?.groups ?? {}
  if (source === undefined) return text
  try {
    return new RegExp(source, flags)
  } catch (error) {
    throw badBody(`${where}: ${(error as Error).message}`)
  }
}

/**
 * Refuses keys that nobody would read.
 *
 * @param kind - What they are, for the message: `attribute`.
 * @throws ApiError 400 with the nearest known one
 */
export function refuseUnknown(names: readonly string[], known: readonly string[], kind: string): void {
  for (const name of names) {
    if (known.includes(name)) continue
    const near = closestWord(name, known)
    throw badBody(`unknown ${kind} ${JSON.stringify(name)}${near === undefined ? '' : `; did you mean "${near}"?`}`)
  }
}
