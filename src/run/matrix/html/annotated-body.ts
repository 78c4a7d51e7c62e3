import { text } from './html-text.ts'
import type { StrikeEntry } from './page-index.ts'
import { kindOf, verdictSign } from './verdict-mark.ts'

/** What stands for the faults of single fields. */
const names: Readonly<Record<string, string>> = {
  'field absent': 'absent',
  'field null': 'null',
  'field of another type': 'type',
  'field empty': 'empty',
  'unknown enum value': 'enum',
}

/** A body, line by line as text of a page; each field has what became of it beside it, as links. */
export function annotatedBody(body: string, strikes: readonly StrikeEntry[]): string {
  const marks = new Map<string, string[]>()
  for (const { id, fault, verdict, cells } of strikes) {
    const name = names[fault]
    if (name === undefined) continue
    const link = `<a class="at ${kindOf(verdict)}" href="#${id}" title="${text(`${fault}: ${verdict}`)}">${verdictSign(verdict)} ${name}</a>`
    for (const pointer of cells[0].detail?.pointers ?? []) marks.set(pointer, [...(marks.get(pointer) ?? []), link])
  }
  const lines = body.split('\n')
  const pointers = marks.size === 0 ? [] : pointersOfLines(body)
  if (pointers.length !== lines.length) return text(body)
  return lines
    .map((line, i) => {
      const pointer = pointers[i]
      const beside = pointer === undefined ? [] : (marks.get(pointer) ?? [])
      return [text(line), ...beside].join(' ')
    })
    .join('\n')
}

/**
 * Which field each line of JSON is, as `JSON.stringify` lays it out; of lists only the first element is told of.
 *
 * @returns Empty when it is no JSON.
 */
function pointersOfLines(body: string): readonly (string | undefined)[] {
  const found: (string | undefined)[] = []
  const walk = (value: unknown, pointer: string | undefined): void => {
    found.push(pointer)
    if (typeof value !== 'object' || value === null) return
    const inside = Object.entries(value)
    for (const [key, each] of inside) {
      const step = Array.isArray(value) ? '*' : key.replaceAll('~', '~0').replaceAll('/', '~1')
      const isRepeated = Array.isArray(value) && key !== '0'
      walk(each, pointer === undefined || isRepeated ? undefined : `${pointer}/${step}`)
    }
    if (inside.length > 0) found.push(undefined)
  }
  try {
    walk(JSON.parse(body), '')
  } catch {
    return []
  }
  return found
}
