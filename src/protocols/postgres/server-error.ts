import { readFields } from './decode.ts'
import type { PostgresError } from './message.ts'

type TextField = Exclude<keyof PostgresError, 'severity' | 'code' | 'message' | 'position' | 'internalPosition'>

/** Letters of an ErrorResponse by the names that they have here, for those that need not be there. */
export const optionalTexts: Readonly<Record<TextField, string>> = {
  detail: 'D',
  hint: 'H',
  schema: 's',
  constraint: 'n',
  table: 't',
  column: 'c',
  dataType: 'd',
  internalQuery: 'q',
  where: 'W',
  file: 'F',
  line: 'L',
  routine: 'R',
}
const texts = Object.entries(optionalTexts) as readonly (readonly [TextField, string])[]

/** Reads the body of an ErrorResponse or NoticeResponse. */
export function readServerError(body: Buffer): PostgresError {
  const fields = readFields(body)
  const found: { [key in TextField]?: string } = {}
  for (const [name, letter] of texts) if (fields[letter] !== undefined) found[name] = fields[letter]
  const { P: position, p: internal } = fields
  return {
    severity: fields['V'] ?? fields['S'] ?? 'ERROR',
    code: fields['C'] ?? 'XX000',
    message: fields['M'] ?? '',
    ...found,
    ...(position !== undefined && { position: Number(position) }),
    ...(internal !== undefined && { internalPosition: Number(internal) }),
  }
}

/** The letters of an error, to be sent once more. */
export function errorLetters(error: PostgresError): Record<string, string> {
  const letters: Record<string, string> = { S: error.severity, V: error.severity, C: error.code, M: error.message }
  for (const [name, letter] of texts) if (error[name] !== undefined) letters[letter] = error[name]
  if (error.position !== undefined) letters['P'] = `${error.position}`
  if (error.internalPosition !== undefined) letters['p'] = `${error.internalPosition}`
  return letters
}
