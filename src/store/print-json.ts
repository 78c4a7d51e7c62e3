import { isList } from '../core/json-fields.ts'
import type { Json } from '../core/json.ts'

const width = 120

/**
 * JSON for people and for line-by-line differences: two spaces, one field per line, a trailing newline; lists of
 * plain values on one line while they fit, which keeps a header on a line of its own, and lists of pairs of numbers
 * run on. Only white space differs from `JSON.stringify`.
 */
export function printJson(value: Json): string {
  return `${print(value, '', 0)}\n`
}

/** `taken`: columns before and after the value on its line. */
function print(value: Json, indent: string, taken: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return isList(value) ? printList(value, indent, taken) : printFields(value, indent)
}

function printFields(value: { readonly [key: string]: Json | undefined }, indent: string): string {
  const inner = `${indent}  `
  const lines: string[] = []
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue
    const name = `${inner}${JSON.stringify(key)}: `
    lines.push(name + print(field, inner, name.length + 1))
  }
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`
}

function printList(list: readonly Json[], indent: string, taken: number): string {
  if (list.length === 0) return '[]'
  const inner = `${indent}  `
  if (list.every(isPlain) || list.every(isNumberList)) {
    const items = list.map((item) =>
      isList(item) ? `[${item.map((one) => JSON.stringify(one)).join(', ')}]` : JSON.stringify(item),
    )
    const line = `[${items.join(', ')}]`
    if (line.length + taken <= width) return line
    if (!list.every((item) => typeof item === 'string')) return `[\n${fill(items, inner)}\n${indent}]`
  }
  return `[\n${list.map((item) => inner + print(item, inner, inner.length + 1)).join(',\n')}\n${indent}]`
}

/** As many items on each line as fit. */
function fill(items: readonly string[], indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const item of items) {
    if (line !== '' && indent.length + line.length + item.length + 3 > width) {
      lines.push(`${indent}${line},`)
      line = ''
    }
    line += line === '' ? item : `, ${item}`
  }
  return [...lines, indent + line].join('\n')
}

function isPlain(value: Json): boolean {
  return typeof value !== 'object' || value === null
}

function isNumberList(value: Json): boolean {
  return isList(value) && value.length > 0 && value.every((item) => typeof item === 'number')
}
