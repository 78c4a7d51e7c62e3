import type { Moment } from './moment.ts'

const ordinary: ReadonlySet<string> = new Set(['true', 'false', 'null', 'default'])

/** A value, long enough to tell things apart, that one of the statements was given and that `text` has as a whole word. */
export function sharedValue(statements: readonly Moment[], text: string): string | undefined {
  const values = statements.flatMap(({ facts }) => [
    ...(facts.sql?.parameters ?? []),
    ...Array.from((facts.sql?.text ?? '').matchAll(/'([^']+)'/g), ([, value]) => value!),
  ])
  return values.find((value): value is string => value !== null && isTelling(value) && hasWord(text, value))
}

function isTelling(value: string): boolean {
  return value.length >= 3 && value.length <= 200 && !ordinary.has(value.toLowerCase())
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\p{L}\d]/u.test(text[at - 1] ?? '') && !/[\p{L}\d]/u.test(text[at + word.length] ?? '')) return true
  }
  return false
}
