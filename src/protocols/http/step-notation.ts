import { isReadableBody, readBody, writeBody } from '../../core/body-notation.ts'
import { readChoice, readNumber, readText, wrongField } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles } from '../../core/protocol.ts'
import { readHeaders } from './header-notation.ts'
import type { HttpFailure, HttpReply, HttpVersion } from './message.ts'

/** The versions a notation can name. */
export const httpVersions: readonly HttpVersion[] = ['1.0', '1.1', '2']
/** The failures a notation can name. */
export const httpFailures: readonly HttpFailure[] = [
  'unresolved',
  'refused',
  'tls',
  'reset',
  'timeout',
  'truncated',
  'malformed',
]
const frameKinds: Readonly<Record<string, number>> = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
}
const kindOfOpcode = new Map(Object.entries(frameKinds).map(([kind, opcode]) => [opcode, kind]))

/** The fields of one message, without its time and sender. */
export function writeStep(message: HttpReply, files: BodyFiles): JsonObject {
  switch (message.type) {
    case 'informational':
      return { status: message.status, headers: message.headers }
    case 'head':
      return {
        status: message.status,
        ...(message.reason !== '' && { reason: message.reason }),
        version: message.version,
        headers: message.headers,
      }
    case 'data':
      return writeBody(message.bytes, files)
    case 'trailers':
      return { headers: message.headers }
    case 'frame': {
      const body = writeBody(message.bytes, files)
      const usual = isReadableBody(body) ? 1 : 2
      return {
        ...(message.opcode !== usual && { kind: kindOfOpcode.get(message.opcode) ?? message.opcode }),
        ...(!message.fin && { fin: false }),
        ...body,
      }
    }
    case 'failure':
      return { failure: message.failure, message: message.message }
  }
}

/** One message from its fields. @throws MortarError `MORTAR_CASSETTE_UNREADABLE` naming the field under `path` */
export function readStep(type: HttpReply['type'], step: JsonObject, files: BodyFiles, path: string): HttpReply {
  switch (type) {
    case 'informational':
      return { type, status: readNumber(step['status'], `${path}.status`), headers: headersOf(step, path) }
    case 'head':
      return {
        type,
        status: readNumber(step['status'], `${path}.status`),
        reason: readText(step['reason'], `${path}.reason`, ''),
        version: readChoice(step['version'], `${path}.version`, httpVersions, '1.1'),
        headers: headersOf(step, path),
      }
    case 'data':
      return { type, bytes: readBody(step, files, path) }
    case 'trailers':
      return { type, headers: headersOf(step, path) }
    case 'frame':
      return {
        type,
        opcode: readOpcode(step, `${path}.kind`),
        fin: step['fin'] !== false,
        bytes: readBody(step, files, path),
      }
    case 'failure':
      return {
        type,
        failure: readChoice(step['failure'], `${path}.failure`, httpFailures),
        message: readText(step['message'], `${path}.message`, ''),
      }
  }
}

function headersOf(step: JsonObject, path: string): ReturnType<typeof readHeaders> {
  return readHeaders(step['headers'], `${path}.headers`)
}

function readOpcode(step: JsonObject, path: string): number {
  const kind: Json | undefined = step['kind']
  if (kind === undefined) return isReadableBody(step) ? 1 : 2
  const opcode = typeof kind === 'string' ? frameKinds[kind] : kind
  if (typeof opcode !== 'number') throw wrongField(path, `one of ${Object.keys(frameKinds).join(', ')}`, kind)
  return opcode
}
