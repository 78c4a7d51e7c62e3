import type { JsonObject } from '../../core/json.ts'
import { redactBytes } from '../../core/redaction/bytes.ts'
import type { Redactor } from '../../core/redaction.ts'
import type { Copied, Field, Row, Rows } from './message.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Types whose binary format is their text: name, text, json, bpchar, varchar, unknown. */
const textTypes: ReadonlySet<number> = new Set([19, 25, 114, 1042, 1043, 705])
const jsonb = 3802

/** Replaces secrets in rows: by the name of the column, in JSON by the names in it, and by what they look like. */
export function redactRows<T extends Rows>(rows: T, redactor: Redactor): T {
  const { data, fields } = rows
  const safe = data && changed(data, (row) => redactRow(row, fields ?? [], redactor))
  return safe === data ? rows : { ...rows, data: safe }
}

/** Replaces secrets in COPY data by what they look like. */
export function redactCopied<T extends Copied>(copied: T, redactor: Redactor): T {
  const { data } = copied
  const safe = data && changed(data, (part) => redactText(part, (text) => redactor.text(text, 'answer.data')))
  return safe === data ? copied : { ...copied, data: safe }
}

function redactRow(row: Row, fields: readonly Field[], redactor: Redactor): Row {
  return changed(row, (cell, i) => {
    const { name = '', format = 0, type = 25 } = fields[i] ?? {}
    // Binary values of other types hold no text that could be replaced without breaking them.
    if (!cell || (format === 1 && !textTypes.has(type) && type !== jsonb)) return cell
    // jsonb in binary begins with a byte for its version.
    const head = format === 1 && type === jsonb ? 1 : 0
    const body = cell.subarray(head)
    const safe = redactCell(body, name || 'value', redactor)
    return safe === body ? cell : Buffer.concat([cell.subarray(0, head), safe])
  })
}

function redactCell(cell: Uint8Array, column: string, redactor: Redactor): Uint8Array {
  const where = `answer.rows.${column}`
  const named = redactText(cell, (text) => {
    const after = (redactor.json({ [column]: text }, where) as JsonObject)[column]
    return typeof after === 'string' ? after : text
  })
  return named === cell ? redactBytes(cell, redactor, where) : named
}

function redactText(bytes: Uint8Array, redact: (text: string) => string): Uint8Array {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return bytes
  }
  const safe = redact(text)
  return safe === text ? bytes : Buffer.from(safe)
}

/** As `map`, but gives back the list itself when nothing in it has changed. */
function changed<T>(list: readonly T[], change: (item: T, i: number) => T): readonly T[] {
  let copy: T[] | undefined
  for (const [i, item] of list.entries()) {
    const after = change(item, i)
    if (after !== item) (copy ??= list.slice())[i] = after
  }
  return copy ?? list
}
