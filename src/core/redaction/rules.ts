import type { RedactionOptions } from '../redaction.ts'
import { fieldEnds, fieldKind, headerKind, normalName, queryKind } from './credential-names.ts'
import { compilePath, type PathRule } from './json-path.ts'
import { kindName } from './placeholder.ts'

/** Built-in and added rules, compiled. Names are asked as they stand in the message. */
export interface Rules {
  fieldKind(name: string): string | undefined
  queryKind(name: string): string | undefined
  headerKind(name: string): string | undefined
  /** Whether a field of this name was added by the team, so that any value of it is a credential. */
  isAdded(name: string): boolean
  /** How the names end that `fieldKind` knows; after any of them may stand one digit. */
  readonly fieldEnds: readonly string[]
  readonly paths: readonly PathRule[]
  readonly patterns: readonly { readonly kind: string; readonly pattern: RegExp }[]
  readonly isAllowed: (value: string) => boolean
  readonly entropy: boolean
}

/** @throws SyntaxError for a path that cannot be read. */
export function compileRules(options: RedactionOptions): Rules {
  const added = new Set(
    [options.fields, options.query, options.headers].flatMap((names) => names ?? []).map(normalName),
  )
  return {
    fieldKind: byName(options.fields, fieldKind),
    queryKind: byName([...(options.query ?? []), ...(options.fields ?? [])], queryKind),
    headerKind: byName(options.headers, headerKind),
    isAdded: (name) => added.size > 0 && added.has(normalName(name)),
    fieldEnds: [...fieldEnds, ...(options.fields ?? []).map(normalName)],
    paths: Object.entries(options.paths ?? {}).map(([kind, path]) => compilePath(kindName(kind), path)),
    patterns: Object.entries(options.patterns ?? {}).map(([kind, pattern]) => ({
      kind: kindName(kind),
      pattern: globally(pattern),
    })),
    isAllowed: allowList(options.allow ?? []),
    entropy: options.entropy ?? true,
  }
}

/** Exact values are allowed as a whole, expressions wherever they match. */
export function allowList(allow: readonly (string | RegExp)[]): (value: string) => boolean {
  const values = new Set(allow.filter((each) => typeof each === 'string'))
  const expressions = allow
    .filter((each) => typeof each !== 'string')
    .map((each) => new RegExp(each, withoutState(each)))
  return (value) => values.has(value) || expressions.some((expression) => expression.test(value))
}

function withoutState(expression: RegExp): string {
  return expression.flags.replace(/[gy]/g, '')
}

function globally(expression: RegExp): RegExp {
  return new RegExp(expression, `${withoutState(expression)}g`)
}

// Names repeat endlessly, but some services make them of ids.
const maxNames = 5000

function byName(
  added: readonly string[] | undefined,
  builtIn: (name: string) => string | undefined,
): (name: string) => string | undefined {
  const extra = new Set((added ?? []).map(normalName))
  let known = new Map<string, string | undefined>()
  return (name) => {
    let kind = known.get(name)
    if (kind !== undefined || known.has(name)) return kind
    const normal = normalName(name)
    kind = builtIn(normal) ?? (extra.has(normal) ? 'secret' : undefined)
    if (known.size >= maxNames) known = new Map()
    known.set(name, kind)
    return kind
  }
}
