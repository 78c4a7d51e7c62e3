import type { Json, JsonObject } from './json.ts'

// Printing recurses, here and wherever the value is printed again; deeper documents stay text.
const maxDepth = 200

/**
 * How a JSON text is laid out, as the fields that are written beside its value: nothing for the compact form of
 * `JSON.stringify`; `indent` for a pretty print; `spaced` for `, ` and `: ` on one line, as Python prints; `end` for
 * white space after it. `undefined` when no layout gives back exactly `text`, as with duplicate keys, `1.0` or `\/`.
 */
export function styleOf(text: string, value: Json): JsonObject | undefined {
  if (depthExceeds(value, maxDepth)) return undefined
  const body = text.trimEnd()
  const end = text.slice(body.length)
  const rest: JsonObject = end === '' ? {} : { end }
  const indent = /^[[{]\r?\n([ \t]+)/.exec(body)?.[1]
  const candidates: JsonObject[] =
    indent === undefined
      ? [rest, { spaced: true, ...rest }]
      : [{ indent: indent === '\t' ? 'tab' : indent.length, ...rest }]
  return candidates.find((style) => printLike(value, style) === text)
}

/** The text of `value` in the layout that `styleOf` found; `undefined` when `style` is not one. */
export function printLike(value: Json, style: JsonObject): string | undefined {
  const { indent, spaced, end = '' } = style
  if (typeof end !== 'string') return undefined
  if (spaced === true) return printSpaced(value) + end
  if (indent === undefined) return JSON.stringify(value) + end
  if (indent === 'tab') return JSON.stringify(value, null, '\t') + end
  return typeof indent === 'number' ? JSON.stringify(value, null, indent) + end : undefined
}

function printSpaced(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(printSpaced).join(', ')}]`
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${printSpaced(field ?? null)}`)
  return `{${fields.join(', ')}}`
}

function depthExceeds(value: Json, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (limit === 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (depthExceeds(item as Json, limit - 1)) return true
    return false
  }
  for (const key in value) if (depthExceeds((value as JsonObject)[key] ?? null, limit - 1)) return true
  return false
}
