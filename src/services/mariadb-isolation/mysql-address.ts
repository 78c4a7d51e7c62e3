import { MortarError } from '../../core/errors.ts'
import type { Socket } from 'node:net'
import type { ClientTls } from '../../engine/client-tls.ts'
import { openConnection, upgradeConnection } from '../../engine/connect.ts'
import { MysqlFailed, OwnSession } from '../../protocols/mysql/own-session.ts'
import { serverTls } from '../server-tls.ts'
import { realAbortAfter } from '../../core/real-clock.ts'

/** Where a MariaDB or MySQL server is, and who we are there: somebody who may create schemas and end sessions. */
export interface MysqlAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string
  /** The schema that the application uses. */
  readonly database?: string
  /** Left out: it is spoken to in the clear. */
  readonly tls?: ClientTls
}

const timeoutMs = 10_000

/** Reads `mysql://user:password@host:port/schema`. @throws MortarError `MORTAR_CONFIG_INVALID` */
export function mysqlAddress(url: string): MysqlAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^(?:mysql|mariadb):$/.test(parsed.protocol))
    throw new MortarError('MORTAR_CONFIG_INVALID', 'the address of a MariaDB server is not valid', {
      expected: 'mysql://user:password@host:port/schema',
      seen: parsed?.protocol ?? 'no URL',
    })
  const database = decodeURIComponent(parsed.pathname.slice(1))
  const tls = serverTls(url)
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(parsed.port || 3306),
    user: decodeURIComponent(parsed.username) || 'root',
    ...(parsed.password && { password: decodeURIComponent(parsed.password) }),
    ...(database && { database }),
    ...(tls && { tls }),
  }
}

/** The same address with another schema. */
export function withSchema(url: string, schema: string): string {
  const [, before = '', query = ''] = /^([^:]+:\/\/[^/?]*)[^?]*(.*)$/s.exec(url) ?? []
  return `${before}/${encodeURIComponent(schema)}${query}`
}

/** Opens a session of our own. @throws MortarError `MORTAR_MYSQL_FAILED` */
export async function openSession(address: MysqlAddress, schema?: string): Promise<OwnSession> {
  const { host, port, user, password, tls } = address
  try {
    const signal = realAbortAfter(timeoutMs)
    const connection = await openConnection({ host, port, timeoutMs, signal, allowHalfOpen: true })
    return await OwnSession.open(connection, {
      user,
      ...(password !== undefined && { password }),
      ...(schema !== undefined && { database: schema }),
      ...(tls && { secure: (server) => upgradeConnection(server as Socket, tls) }),
    })
  } catch (error) {
    if (!tls && error instanceof MysqlFailed && (await isLetInWithTls(address))) throw demandsTls(address, error)
    throw mysqlFailed('cannot log in', address, error)
  }
}

/** A server that takes nobody in the clear may say nothing of it but that the login is wrong. */
async function isLetInWithTls(address: MysqlAddress): Promise<boolean> {
  const tls = { servername: address.host, alpn: [], rejectUnauthorized: false }
  try {
    const session = await openSession({ ...address, tls })
    session.close()
    return true
  } catch {
    return false
  }
}

function demandsTls({ host, port }: MysqlAddress, cause: Error): MortarError {
  return new MortarError('MORTAR_SERVER_TLS', 'MariaDB demands TLS, which its address does not say', {
    where: `${host}:${port}`,
    hint: 'Add `ssl-mode=REQUIRED` or `ssl-mode=VERIFY_IDENTITY` to the address.',
    seen: cause.message,
    cause,
  })
}

/** Wraps what a server said, or why it could not be asked. */
export function mysqlFailed(what: string, { host, port }: MysqlAddress, cause: unknown): MortarError {
  if (MortarError.is(cause)) return cause
  const { message } = cause as Error
  return new MortarError('MORTAR_MYSQL_FAILED', `MariaDB: ${what}`, { where: `${host}:${port}`, seen: message, cause })
}

/** How the server names an error. */
export function explain(error: unknown): { readonly message: string; readonly seen: string } | undefined {
  if (!(error instanceof MysqlFailed)) return undefined
  const { errno, sqlstate, message } = error.server
  return { message, seen: `error ${errno} (${sqlstate})` }
}

/** A name as SQL takes it, whatever is in it. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** A text as SQL takes it, whatever is in it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`
}
