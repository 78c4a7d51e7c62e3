import { fromClient, fromServer, untyped } from './types.ts'

/** A typed message. */
export function message(type: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)))
  const header = Buffer.alloc(5)
  header[0] = type
  header.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

/** A message without type byte: start-up, SSLRequest, cancel. */
export function untypedMessage(code: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)))
  const header = Buffer.alloc(8)
  header.writeUInt32BE(body.length + 8, 0)
  header.writeUInt32BE(code, 4)
  return Buffer.concat([header, body])
}

/** Asks for TLS; the answer is a single byte, `S` or `N`. */
export const sslRequest: Buffer = untypedMessage(untyped.ssl)

/** Ends a group of extended messages. */
export const sync: Buffer = message(fromClient.sync)

/** Makes the server send what it has ready. */
export const flush: Buffer = message(fromClient.flush)

/** Takes leave of the server. */
export const terminate: Buffer = message(fromClient.terminate)

/** Opens a session with these parameters: `user`, `database`, `application_name`. */
export function startup(parameters: Iterable<readonly [string, string]>): Buffer {
  return untypedMessage(untyped.version3, ...[...parameters].flat(), Buffer.alloc(1))
}

/** One or more statements without parameters. */
export function query(sql: string): Buffer {
  return message(fromClient.query, sql)
}

/** An error as the server sends it. Keys are field letters: `S` severity, `C` SQLSTATE, `M` message. */
export function errorResponse(fields: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(fields).map(([letter, value]) => `${letter}${value}`)
  return message(fromServer.error, ...parts, Buffer.alloc(1))
}

/** Tells the client that it may ask; `status` is `I`, `T` or `E`. */
export function readyForQuery(status: string): Buffer {
  return message(fromServer.ready, Buffer.from(status))
}
