import type { Json } from '../json.ts'
import { isPublicName, normalName } from './credential-names.ts'
import { followPaths, type PathState, startPaths } from './json-path.ts'
import { editJson } from './json-edit.ts'
import { replaceSecret } from './secret.ts'
import { type Context, replaceField, replaceInText } from './text.ts'
import { wordTable } from '../word-table.ts'

/** Where in a value the walk is, and what is known of it from the way there. */
interface Spot {
  readonly where: string
  /** The nearest name, which also names the elements of a list. */
  readonly name: string
  /** The kind of a rule by path that this value or one around it matched. */
  readonly ruled: string | undefined
  readonly paths: PathState | undefined
}

/** Replaces the values of credential fields and of rules by path, and the secrets in every other string. */
export function replaceInJson(value: Json, where: string, context: Context): Json {
  const { paths } = context.rules
  return walk(
    value,
    { where, name: '', ruled: undefined, paths: paths.length > 0 ? startPaths(paths) : undefined },
    context,
  )
}

/** As {@link replaceInJson}, of a text that is probably JSON. */
export function replaceInJsonText(text: string, where: string, context: Context): string {
  return editJson(
    text,
    (value) => replaceInJson(value, where, context),
    () => replaceInText(text, where, context),
  )
}

function walk(value: Json, spot: Spot, context: Context): Json {
  if (typeof value === 'string') return value === '' ? value : replaceString(value, spot, context)
  if (typeof value === 'number') return replaceNumber(value, spot, context)
  if (typeof value !== 'object' || value === null) return value
  return isList(value) ? walkList(value, spot, context) : walkObject(value, spot, context)
}

function walkList(values: readonly Json[], spot: Spot, context: Context): readonly Json[] {
  const where = `${spot.where}[*]`
  let changed: Json[] | undefined
  for (let i = 0; i < values.length; i++) {
    const before = values[i]!
    const after = walk(before, step(spot, i, where, spot.name), context)
    if (after !== before) (changed ??= values.slice())[i] = after
  }
  return changed ?? values
}

function walkObject(fields: { readonly [key: string]: Json | undefined }, spot: Spot, context: Context): Json {
  let changed: [string, Json | undefined][] | undefined
  const names = Object.keys(fields)
  const isOauth = 'grant_type' in fields || 'code_verifier' in fields || 'client_secret' in fields
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    const before = fields[name]
    if (before === undefined) continue
    const known = name === 'code' && isOauth ? 'authorization_code' : name === 'number' ? 'card_number' : name
    const after = walk(before, step(spot, name, `${spot.where}.${name}`, known), context)
    if (after !== before) (changed ??= Object.entries(fields))[i] = [name, after]
  }
  // Not by assignment, which would take a field called `__proto__` for something else.
  return changed ? (Object.fromEntries(changed) as Json) : fields
}

function step(spot: Spot, key: string | number, where: string, name: string): Spot {
  const paths = spot.paths && followPaths(spot.paths, key)
  return { where, name, ruled: spot.ruled ?? paths?.kind, paths }
}

function replaceString(value: string, { where, name, ruled }: Spot, context: Context): string {
  if (ruled !== undefined) return replaceSecret(ruled, value, where, context)
  const kind = context.rules.fieldKind(name)
  if (kind !== undefined) return replaceField(kind, name, value, where, context)
  if (!context.scan(value)) return value
  if (/^\s*[[{]/.test(value)) return replaceInJsonText(value, where, context)
  return replaceInText(value, where, context, isPublicName(normalName(name)))
}

const leastNumber: Readonly<Record<string, number>> = wordTable({ 'card-number': 1e11, token: 1e5 })

function replaceNumber(value: number, { where, name, ruled }: Spot, { rules, replace }: Context): Json {
  const kind = ruled ?? rules.fieldKind(name)
  if (kind === undefined) return value
  if (ruled === undefined && Math.abs(value) < (leastNumber[kind] ?? 1000)) return value
  const text = String(value)
  const replaced = replace(kind, text, false, where)
  return replaced === text ? value : replaced
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
