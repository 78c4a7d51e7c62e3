import { anyText } from '../../core/any-value.ts'
import type { BodyMeaning, MeaningPart } from './body-meaning.ts'
import { ignoredAtIndex, ignoredAtName, type IgnoreNode, type IgnorePaths } from './ignore-paths.ts'
import { canonicalPairs } from './pairs.ts'

/** The same text for bodies of the same meaning, and another for every other; ignored parts are left out. */
export function canonicalBody(body: BodyMeaning, ignored: IgnorePaths): string {
  switch (body.type) {
    case 'json':
      return `json ${canonicalJson(body.value, ignored.json)}`
    case 'form': {
      const { field } = ignored
      return `form ${canonicalPairs(field ? body.pairs.filter(([name]) => !field(name)) : body.pairs)}`
    }
    case 'multipart':
      return `multipart ${body.parts
        .filter(({ name }) => !ignored.field?.(name))
        .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
        .map((part) => canonicalPart(part, ignored))
        .join('')}`
    case 'bytes':
      return `bytes ${body.bytes.toString('latin1')}`
  }
}

function canonicalPart({ name, filename, type, content }: MeaningPart, ignored: IgnorePaths): string {
  const inside = { ...ignored, field: undefined, json: ignoredAtName(ignored.json, name) }
  const parts = [name, filename ?? null, type, canonicalBody(content, inside)]
  return JSON.stringify(parts)
}

/** JSON with sorted keys, but strings are preceded by their length instead of being escaped, which is faster. */
function canonicalJson(value: unknown, ignored: IgnoreNode | undefined): string {
  if (typeof value === 'string') return `${value.length}"${value}`
  if (typeof value !== 'object' || value === null) return anyText(value)
  return Array.isArray(value) ? canonicalArray(value, ignored) : canonicalObject(value, ignored)
}

function canonicalArray(values: readonly unknown[], ignored: IgnoreNode | undefined): string {
  let text = '['
  for (let i = 0; i < values.length; i++) {
    const below = ignored && ignoredAtIndex(ignored, i)
    if (!below?.here) text += `${canonicalJson(values[i], below)},`
  }
  return `${text}]`
}

function canonicalObject(value: object, ignored: IgnoreNode | undefined): string {
  const fields = value as Readonly<Record<string, unknown>>
  let text = '{'
  for (const key of sorted(Object.keys(value))) {
    const below = ignored && ignoredAtName(ignored, key)
    if (!below?.here) text += `${key.length}"${key}:${canonicalJson(fields[key], below)},`
  }
  return `${text}}`
}

function sorted(keys: string[]): string[] {
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return keys.sort()
  return keys
}
