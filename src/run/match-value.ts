/** What a value must be like: the parts that are named, however deep; a list has exactly these entries. Or a function. */
export type Match = Readonly<Record<string, unknown>> | string | number | boolean | ((value: never) => boolean)

/** Whether a value is as wanted; without a wish, every value is. */
export function matchesValue(value: unknown, wanted: Match | undefined): boolean {
  if (wanted === undefined) return true
  if (typeof wanted === 'function') return (wanted as (value: unknown) => boolean)(value)
  return includes(value, wanted)
}

function includes(value: unknown, wanted: unknown): boolean {
  if (wanted instanceof RegExp) return typeof value === 'string' && value.search(wanted) >= 0
  if (typeof wanted !== 'object' || wanted === null) return Object.is(value, wanted)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && value.length === wanted.length && wanted.every((one, i) => includes(value[i], one))
  }
  return Object.entries(wanted).every(([key, one]) => includes((value as Record<string, unknown>)[key], one))
}

/** Parsed if it is JSON, else as text. */
export function readBody(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
