/**
 * Any value as text, as `String` would give it; a list, or an object that has no text of its own, is told as JSON.
 * Never throws: what came out of a file or was thrown by a program may be `{ toString: false }`, with which `String`
 * does.
 */
export function anyText(value: unknown): string {
  try {
    const text = String(value as string)
    if (text !== '[object Object]' && !Array.isArray(value)) return text
  } catch {
    // Its JSON is tried next.
  }
  try {
    return JSON.stringify(value) ?? withoutText
  } catch {
    return withoutText
  }
}

/** The number that a number or a text stands for, `NaN` for anything else. Never throws, as `Number` may. */
export function anyNumber(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN
}

const withoutText = 'an object without a text'
