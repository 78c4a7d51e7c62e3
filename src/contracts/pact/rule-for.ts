import type { JsonObject } from '../../core/json.ts'
import type { PactRule } from './pact-types.ts'

/** How a value without needs below it is said. */
export interface SaidValue {
  readonly example: unknown
  readonly rule: PactRule
}

const bySelf: Readonly<Record<string, JsonObject>> = {
  integer: { match: 'integer' },
  number: { match: 'number' },
  null: { match: 'null' },
}

// The matcher for booleans takes texts too; that of types is taken from its example.
const byExample: ReadonlySet<string> = new Set(['string', 'boolean', 'object', 'array'])

const typical: Readonly<Record<string, unknown>> = {
  string: 'text',
  boolean: true,
  integer: 1,
  number: 1.5,
  null: null,
  object: {},
  array: [],
}

/**
 * A rule for a value of one of `types`, with an example that it takes: one of `samples` where there is a fitting one.
 *
 * @returns `undefined` when no rule of Pact says that.
 */
export function ruleFor(types: readonly string[], samples: readonly unknown[]): SaidValue | undefined {
  const told = types.filter((type) => byExample.has(type))
  // What is taken from an example can be taken from but one.
  const [exemplary] = told.includes('string') ? ['string'] : told
  const others = told.filter((type) => type !== exemplary)
  const isContainer = types.includes('object') || types.includes('array')
  if ((isContainer && types.length > 1) || others.some((type) => type !== 'boolean')) return undefined
  const matchers: JsonObject[] = [
    ...(exemplary === undefined ? [] : [{ match: 'type' }]),
    ...others.map((type) => ({ match: type })),
    ...types.flatMap((type): JsonObject[] => (bySelf[type] ? [bySelf[type]] : [])),
  ]
  const shown = exemplary ?? types.find((type) => type !== 'null') ?? 'null'
  return {
    example: exampleOf(shown, samples),
    rule: { combine: matchers.length > 1 ? 'OR' : 'AND', matchers },
  }
}

function exampleOf(type: string, samples: readonly unknown[]): unknown {
  // What is in it is no need.
  if (type === 'object' || type === 'array') return typical[type]
  return samples.find((sample) => isOf(type, sample)) ?? typical[type]
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  return typeof value === type
}
