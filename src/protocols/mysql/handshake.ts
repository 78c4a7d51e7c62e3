import { BodyReader } from './decode.ts'
import { int16, int32, lengthBytes, lengthInteger, zeroText } from './encode.ts'
import { capability, mariadbCapability } from './types.ts'

/** What the server says first. */
export interface Greeting {
  readonly version: string
  /** Number of the session on the server, by which it can be killed. */
  readonly thread: number
  readonly capabilities: number
  readonly scramble: Buffer
  readonly plugin: string
}

/** What the client answers to it. */
export interface Login {
  readonly capabilities: number
  readonly user: string
  readonly database: string
  readonly plugin: string
  readonly answer: Buffer
  /** MariaDB's own capabilities; 0 of clients that know of none. */
  readonly own: number
}

const has = (capabilities: number, wanted: number): boolean => (capabilities & wanted) !== 0

/** Reads the greeting. @throws RangeError when it is of another protocol */
export function readGreeting(body: Buffer): Greeting {
  if (body[0] !== 10) throw new RangeError('this is no greeting of MySQL')
  const reader = new BodyReader(body, 1)
  const version = reader.text()
  const thread = reader.int32()
  const first = reader.bytes(8)
  reader.byte()
  const low = reader.int16()
  reader.bytes(3)
  const capabilities = (low | (reader.int16() << 16)) >>> 0
  const length = reader.byte()
  reader.bytes(10)
  const second = reader.bytes(Math.max(12, length - 9))
  reader.byte()
  const plugin = has(capabilities, capability.pluginAuth) ? reader.text() : 'mysql_native_password'
  return { version, thread, capabilities, scramble: Buffer.concat([first, second.subarray(0, 12)]), plugin }
}

// Compressed bytes could not be read beside the stream; metadata that is left out could not be found again.
const hidden = capability.compress | capability.zstd | capability.optionalMetadata

/**
 * The greeting without what cannot be followed.
 *
 * @param tls - Whether the client may ask for TLS.
 */
export function maskGreeting(body: Buffer, tls: boolean): Buffer {
  const masked = Buffer.from(body)
  const low = masked.indexOf(0, 1) + 1 + 4 + 8 + 1
  if (low + 18 > masked.length) return masked
  const mask = tls ? hidden : hidden | capability.tls
  masked.writeUInt16LE(masked.readUInt16LE(low) & ~mask, low)
  masked.writeUInt16LE(masked.readUInt16LE(low + 5) & ~(mask >>> 16), low + 5)
  const own = low + 14
  if ((masked[low]! & capability.mysql) === 0)
    masked.writeUInt32LE((masked.readUInt32LE(own) & ~mariadbCapability.cacheMetadata) >>> 0, own)
  return masked
}

/** Whether the client asks for TLS instead of logging in. */
export function asksForTls(body: Buffer): boolean {
  return body.length === 32 && has(body.readUInt32LE(0), capability.tls)
}

/** Asks for TLS as the client would have that logs in with `login`. */
export function tlsRequest(login: Buffer): Buffer {
  const request = Buffer.from(login.subarray(0, 32))
  request.writeUInt32LE((request.readUInt32LE(0) | capability.tls) >>> 0, 0)
  return request
}

/** The same login, said over TLS or in the clear. */
export function withTls(login: Buffer, tls: boolean): Buffer {
  const other = Buffer.from(login)
  const before = other.readUInt32LE(0)
  other.writeUInt32LE((tls ? before | capability.tls : before & ~capability.tls) >>> 0, 0)
  return other
}

/** Reads how a client logs in. @throws RangeError when it speaks a protocol from before MySQL 4.1 */
export function readLogin(body: Buffer): Login {
  const reader = new BodyReader(body)
  const capabilities = reader.int32()
  if (body.length < 32 || !has(capabilities, capability.protocol41)) throw new RangeError('this is no login of MySQL')
  reader.bytes(24)
  const own = (capabilities & capability.mysql) === 0 ? reader.int32() : (reader.int32(), 0)
  const user = reader.text()
  const answer = readAnswer(reader, capabilities)
  const database = has(capabilities, capability.connectWithDatabase) ? reader.text() : ''
  const plugin = has(capabilities, capability.pluginAuth) ? reader.text() : ''
  return { capabilities, user, database, plugin, answer, own }
}

/** The same login to another database. */
export function withDatabase(body: Buffer, rename: (database: string) => string): Buffer {
  const reader = new BodyReader(body)
  const capabilities = reader.int32()
  if (!has(capabilities, capability.connectWithDatabase)) return body
  reader.bytes(28)
  reader.text()
  readAnswer(reader, capabilities)
  const from = reader.at
  const before = reader.text()
  const after = rename(before)
  return before === after ? body : Buffer.concat([body.subarray(0, from), zeroText(after), body.subarray(reader.at)])
}

/** The body of COM_CHANGE_USER. */
export function readChangeUser(body: Buffer): { readonly user: string; readonly database: string } {
  const reader = new BodyReader(body, 1)
  const user = reader.text()
  reader.bytes(reader.byte())
  return { user, database: reader.text() }
}

/** The same change to another database. */
export function changeUserWithDatabase(body: Buffer, rename: (database: string) => string): Buffer {
  const reader = new BodyReader(body, 1)
  reader.text()
  reader.bytes(reader.byte())
  const from = reader.at
  const before = reader.text()
  const after = rename(before)
  return before === after ? body : Buffer.concat([body.subarray(0, from), zeroText(after), body.subarray(reader.at)])
}

function readAnswer(reader: BodyReader, capabilities: number): Buffer {
  if (has(capabilities, capability.pluginDataLengthEncoded)) return reader.lengthBytes() ?? Buffer.alloc(0)
  if (has(capabilities, capability.secureConnection)) return reader.bytes(reader.byte())
  return reader.zeroBytes()
}

/**
 * The body of a greeting of ours.
 *
 * @param own - MariaDB's own capabilities.
 */
export function writeGreeting({ version, thread, capabilities, scramble, plugin }: Greeting, own = 0): Buffer {
  return Buffer.concat([
    Buffer.from([10]),
    zeroText(version),
    int32(thread),
    scramble.subarray(0, 8),
    Buffer.from([0]),
    int16(capabilities),
    // utf8mb4_general_ci
    Buffer.from([45]),
    int16(2),
    int16(capabilities >>> 16),
    Buffer.from([21]),
    Buffer.alloc(6),
    int32(own),
    scramble.subarray(8, 20),
    Buffer.from([0]),
    zeroText(plugin),
  ])
}

/** The body of a login of ours. */
export function writeLogin({ capabilities, user, database, plugin, answer }: Omit<Login, 'own'>): Buffer {
  const secure = has(capabilities, capability.pluginDataLengthEncoded)
  return Buffer.concat([
    int32(capabilities),
    int32(1 << 30),
    Buffer.from([45]),
    Buffer.alloc(23),
    zeroText(user),
    secure ? lengthBytes(answer) : Buffer.concat([lengthInteger(answer.length), answer]),
    ...(has(capabilities, capability.connectWithDatabase) ? [zeroText(database)] : []),
    zeroText(plugin),
  ])
}
