import { readNumber, readObject, readText } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { MysqlColumn } from './message.ts'
import { binaryCharset, typeNames } from './types.ts'

const typeNumbers = new Map(Object.entries(typeNames).map(([number, name]) => [name, Number(number)]))

/** A column with its type by name, and only what differs from the usual. */
export function writeColumnNotation(column: MysqlColumn): JsonObject {
  const { name, orgName, table, orgTable, schema, type, charset, length, flags, decimals, dataType, format } = column
  return {
    name,
    type: typeNames[type] ?? type,
    length,
    ...(table !== '' && { table }),
    ...(schema !== '' && { schema }),
    ...(orgName !== name && { orgName }),
    ...(orgTable !== table && { orgTable }),
    ...(charset !== binaryCharset && { charset }),
    ...(flags !== 0 && { flags }),
    ...(decimals !== 0 && { decimals }),
    ...(dataType !== undefined && { dataType }),
    ...(format !== undefined && { format }),
  }
}

/** @throws MortarError `MORTAR_CASSETTE_UNREADABLE` */
export function readColumnNotation(json: Json, path: string): MysqlColumn {
  const column = readObject(json, path)
  const name = readText(column['name'], `${path}.name`)
  const table = readText(column['table'], `${path}.table`, '')
  const type = column['type']
  const known = typeof type === 'string' ? typeNumbers.get(type) : undefined
  return {
    name,
    orgName: readText(column['orgName'], `${path}.orgName`, name),
    table,
    orgTable: readText(column['orgTable'], `${path}.orgTable`, table),
    schema: readText(column['schema'], `${path}.schema`, ''),
    type: known ?? readNumber(type, `${path}.type`),
    charset: readNumber(column['charset'], `${path}.charset`, binaryCharset),
    length: readNumber(column['length'], `${path}.length`, 0),
    flags: readNumber(column['flags'], `${path}.flags`, 0),
    decimals: readNumber(column['decimals'], `${path}.decimals`, 0),
    ...(column['dataType'] !== undefined && { dataType: readText(column['dataType'], `${path}.dataType`) }),
    ...(column['format'] !== undefined && { format: readText(column['format'], `${path}.format`) }),
  }
}
