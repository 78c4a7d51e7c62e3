import { MortarError } from '../core/errors.ts'
import { anyNumber } from '../core/any-value.ts'
import type { HeaderList } from '../protocols/http/message.ts'

/** An object of a parsed file whose fields have not been checked yet. */
export type Fields = Readonly<Record<string, unknown>>

function wrong(where: string, expected: string, seen: unknown): MortarError {
  const kind = seen === null ? 'null' : Array.isArray(seen) ? 'a list' : typeof seen
  return new MortarError('MORTAR_IMPORT_UNREADABLE', `${expected} was expected, not ${kind}`, {
    where,
    expected,
    seen: kind,
  })
}

/** True for an object that is neither a list nor bytes. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
}

/** @throws MortarError `MORTAR_IMPORT_UNREADABLE` naming `where` */
export function fieldsOf(value: unknown, where: string): Fields {
  if (!isFields(value)) throw wrong(where, 'an object', value)
  return value
}

/** @throws MortarError `MORTAR_IMPORT_UNREADABLE` naming `where` */
export function listOf(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(where, 'a list', value)
  return value
}

/** Text, also when it was written as bytes, a number or a truth value. @throws MortarError `MORTAR_IMPORT_UNREADABLE` */
export function textOf(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  throw wrong(where, 'a text', value)
}

/** A status code between 0 and 999. @throws MortarError `MORTAR_IMPORT_UNREADABLE` */
export function statusOf(value: unknown, where: string): number {
  const status = typeof value === 'string' ? Number(value) : value
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 0 || status > 999) {
    throw wrong(where, 'a status code', value)
  }
  return status
}

/** One of `choices`. @throws MortarError `MORTAR_IMPORT_UNREADABLE` naming `where` */
export function choiceOf<T extends string>(value: unknown, choices: readonly T[], where: string): T {
  const choice = choices.find((one) => one === value)
  if (choice === undefined) throw wrong(where, `one of ${choices.join(', ')}`, value)
  return choice
}

/** The opcode of a WebSocket frame, 0 to 15. @throws MortarError `MORTAR_IMPORT_UNREADABLE` */
export function opcodeOf(value: unknown, where: string): number {
  const opcode = anyNumber(value)
  if (!Number.isInteger(opcode) || opcode < 0 || opcode > 15) throw wrong(where, 'an opcode from 0 to 15', value)
  return opcode
}

/** A number that is not negative and no larger than any date. @throws MortarError `MORTAR_IMPORT_UNREADABLE` */
export function numberOf(value: unknown, where: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 8.64e15)) throw wrong(where, 'a number', value)
  return value
}

/** A written time as milliseconds since the epoch; `undefined` when it is none, or from before there was HTTP. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return time >= 0 ? time : undefined
}

/** An absolute URL. @throws MortarError `MORTAR_IMPORT_UNREADABLE` */
export function urlOf(value: unknown, where: string): string {
  const url = textOf(value, where)
  if (!URL.canParse(url)) {
    throw new MortarError('MORTAR_IMPORT_UNREADABLE', `\`${url}\` is no absolute URL`, { where, seen: url })
  }
  return url
}

/** An absolute URL of HTTP or WebSocket. @throws MortarError `MORTAR_IMPORT_UNREADABLE` */
export function webUrlOf(value: unknown, where: string): string {
  const url = urlOf(value, where)
  if (isWebUrl(url)) return url
  throw new MortarError('MORTAR_IMPORT_UNREADABLE', `\`${url}\` is no URL of HTTP`, { where, seen: url })
}

/** Whether an absolute URL is one of HTTP or WebSocket. */
export function isWebUrl(url: string): boolean {
  return /^\s*(https?|wss?):/i.test(url)
}

/** Headers kept as an object of values or lists of values, as most recorders do. */
export function headersOf(value: unknown, where: string): HeaderList {
  if (value === undefined || value === null) return []
  const headers: (readonly [string, string])[] = []
  for (const [name, held] of Object.entries(fieldsOf(value, where))) {
    for (const one of Array.isArray(held) ? held.flat(3) : [held]) {
      if (one !== null && one !== undefined) headers.push([name, textOf(one, `${where}.${name}`)])
    }
  }
  return headers
}
