import type { Json, JsonObject } from '../../core/json.ts'
import { ByteReader } from './byte-reader.ts'
import { decodeTable } from './field-table.ts'
import { methodsById, type MethodSpec, propertySpecs } from './types.ts'

/** A method with its arguments by name; those that are reserved are left out. */
export interface AmqpMethod {
  readonly name: string
  readonly fields: JsonObject
}

/** What stands before a body. */
export interface ContentHeader {
  /** Of the body, bytes. */
  readonly size: number
  readonly properties: JsonObject
}

/** Reads the payload of a method frame. @throws RangeError for bytes that no method can have */
export function decodeMethod(payload: Buffer): AmqpMethod {
  const reader = new ByteReader(payload)
  const spec = specOf(reader.short(), reader.short())
  const entries: [string, Json][] = []
  let bits = 0
  let bit = 8
  for (const [name, type] of spec.args) {
    if (type === 'bit') {
      if (bit === 8) {
        bits = reader.octet()
        bit = 0
      }
      if (name !== 'reserved') entries.push([name, (bits & (1 << bit)) !== 0])
      bit++
      continue
    }
    bit = 8
    const value: Json =
      type === 'table'
        ? decodeTable(reader.longstr())
        : type === 'longstr'
          ? reader.longstr().toString('utf8')
          : reader[type]()
    if (name !== 'reserved') entries.push([name, value])
  }
  return { name: spec.name, fields: Object.fromEntries(entries) }
}

/** Reads the payload of a content header. @throws RangeError */
export function decodeHeader(payload: Buffer): ContentHeader {
  const reader = new ByteReader(payload)
  // Class and weight.
  reader.take(4)
  const size = reader.longlong()
  const flags = reader.short()
  const entries: [string, Json][] = []
  for (const [i, [name, type]] of propertySpecs.entries()) {
    if (!(flags & (0x8000 >> i))) continue
    entries.push([name, type === 'table' ? decodeTable(reader.longstr()) : reader[type]()])
  }
  return { size, properties: Object.fromEntries(entries) }
}

/** Size of the body that a content header announces. @throws RangeError */
export function bodySizeOf(payload: Buffer): number {
  const reader = new ByteReader(payload)
  reader.take(4)
  return reader.longlong()
}

function specOf(classId: number, methodId: number): MethodSpec {
  const spec = methodsById.get(classId * 65_536 + methodId)
  if (!spec) throw new RangeError(`no method has the number ${classId}.${methodId}`)
  return spec
}
