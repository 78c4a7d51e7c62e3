import { BodyReader } from './decode.ts'
import { int16, int32, lengthBytes } from './encode.ts'
import type { MysqlColumn } from './message.ts'

const fixedSize = 12
const dataTypeKind = 0
const formatKind = 1

/** Reads what the server says of one column of a result. */
export function readColumn(body: Buffer): MysqlColumn {
  const reader = new BodyReader(body)
  reader.lengthBytes()
  const [schema, table, orgTable, name, orgName] = [1, 2, 3, 4, 5].map(() => reader.lengthText()) as Five
  const extended = reader.left > fixedSize + 1 ? reader.lengthBytes() : null
  const fixed = new BodyReader(body, Math.max(0, body.length - fixedSize))
  return {
    name,
    orgName,
    table,
    orgTable,
    schema,
    charset: fixed.int16(),
    length: fixed.int32(),
    type: fixed.byte(),
    flags: fixed.int16(),
    decimals: fixed.byte(),
    ...(extended && readExtended(extended)),
  }
}

function readExtended(body: Buffer): { dataType?: string; format?: string } {
  const reader = new BodyReader(body)
  const said: { dataType?: string; format?: string } = {}
  while (!reader.done) {
    const kind = reader.byte()
    const value = reader.lengthText()
    if (kind === dataTypeKind) said.dataType = value
    if (kind === formatKind) said.format = value
  }
  return said
}

function writeExtended({ dataType, format }: MysqlColumn): Buffer {
  const part = (kind: number, value: string | undefined): Buffer[] =>
    value === undefined ? [] : [Buffer.from([kind]), lengthBytes(value)]
  return lengthBytes(Buffer.concat([...part(dataTypeKind, dataType), ...part(formatKind, format)]))
}

type Five = [string, string, string, string, string]

/**
 * The body of the message that describes a column.
 *
 * @param extended - Whether the client reads what MariaDB says of types besides.
 */
export function writeColumn(column: MysqlColumn, extended: boolean): Buffer {
  const { schema, table, orgTable, name, orgName, charset, length, type, flags, decimals } = column
  return Buffer.concat([
    ...['def', schema, table, orgTable, name, orgName].map(lengthBytes),
    ...(extended ? [writeExtended(column)] : []),
    Buffer.from([fixedSize]),
    int16(charset),
    int32(length),
    Buffer.from([type]),
    int16(flags),
    Buffer.from([decimals, 0, 0]),
  ])
}

/** Stands for a value that is sent beside a statement, of which nothing else is known. */
export const anyColumn: MysqlColumn = {
  name: '?',
  orgName: '',
  table: '',
  orgTable: '',
  schema: '',
  charset: 63,
  length: 0,
  type: 253,
  flags: 128,
  decimals: 0,
}
