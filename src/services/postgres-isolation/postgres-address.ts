import type { Duplex } from 'node:stream'
import { MortarError } from '../../core/errors.ts'
import type { ClientTls } from '../../engine/client-tls.ts'
import { openConnection, upgradeConnection } from '../../engine/connect.ts'
import { requestTls } from '../../protocols/postgres/greet.ts'
import { OwnSession, PostgresFailed } from '../../protocols/postgres/own-session.ts'
import { serverTls, withoutTls } from '../server-tls.ts'
import type { Socket } from 'node:net'

/** Where a PostgreSQL server is, and who we are there: somebody who may create databases. */
export interface PostgresAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string
  /** Where statements about databases are run; default `postgres`. */
  readonly database?: string
  readonly tls?: ClientTls
}

const timeoutMs = 10_000

/** Reads `postgres://user:password@host:port/database`. @throws MortarError `MORTAR_CONFIG_INVALID` */
export function postgresAddress(url: string): PostgresAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^postgres(?:ql)?:$/.test(parsed.protocol))
    throw new MortarError('MORTAR_CONFIG_INVALID', 'the address of a PostgreSQL server is not valid', {
      expected: 'postgres://user:password@host:port/database',
      seen: parsed?.protocol ?? 'no URL',
    })
  const database = decodeURIComponent(parsed.pathname.slice(1))
  const tls = serverTls(url)
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username) || 'postgres',
    ...(parsed.password && { password: decodeURIComponent(parsed.password) }),
    ...(database && { database }),
    ...(tls && { tls }),
  }
}

/** The address as programs read it. */
export function postgresUrl({ host, port, user, password, database = 'postgres' }: PostgresAddress): string {
  const who =
    password === undefined ? encodeURIComponent(user) : `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
  return `postgres://${who}@${host.includes(':') ? `[${host}]` : host}:${port}/${encodeURIComponent(database)}`
}

/** The server's URL with another host and port: what a client of ours is given. */
export function urlAt(url: string, { host, port }: { readonly host: string; readonly port: number }): string {
  const parsed = new URL(withoutTls(url))
  parsed.hostname = host.includes(':') ? `[${host}]` : host
  parsed.port = String(port)
  return parsed.href
}

/** The server's URL with another database. */
export function urlOfDatabase(url: string, database: string): string {
  const parsed = new URL(url)
  parsed.pathname = `/${encodeURIComponent(database)}`
  return parsed.href
}

/** Opens a connection to the server, encrypted where the address says so, before anything is sent. */
export async function connectTo({ host, port, tls }: PostgresAddress, signal: AbortSignal): Promise<Duplex> {
  const plain: Socket = await openConnection({ host, port, timeoutMs, signal, allowHalfOpen: true })
  return tls ? requestTls(plain, (server) => upgradeConnection(server as Socket, tls)) : plain
}

/**
 * Opens a session of our own.
 *
 * @param more - Parameters of the start-up message, which have precedence.
 * @throws MortarError `MORTAR_POSTGRES_FAILED`
 */
export async function openSession(
  address: PostgresAddress,
  signal: AbortSignal,
  more: Iterable<readonly [string, string]> = [],
): Promise<OwnSession> {
  const { user, password, database = 'postgres' } = address
  const parameters = new Map([['user', user], ['database', database], ...more])
  try {
    const connection = await connectTo(address, signal)
    return await OwnSession.open(connection, { parameters, ...(password !== undefined && { password }) })
  } catch (error) {
    throw postgresFailed(`cannot log in to the database ${parameters.get('database')}`, address, error)
  }
}

/** What to do, by SQLSTATE; without one, the server has said nothing. */
const hints: ReadonlyMap<string, string> = new Map([
  ['', 'See whether the server still runs at this address, and why it ended if it does not.'],
  ['42501', "Give the user the right to create databases, or choose `isolation: 'none'`, which needs none."],
  ['55006', 'End what is connected to that database, or name `migrations` so that it need not be copied.'],
])

/** Wraps what a server said, or why it could not be asked. */
export function postgresFailed(what: string, { host, port }: PostgresAddress, cause: unknown): MortarError {
  const { message } = cause as Error
  const seen =
    cause instanceof PostgresFailed ? `${message}${cause.server.detail ? `: ${cause.server.detail}` : ''}` : message
  const code = cause instanceof PostgresFailed ? cause.server.code : ''
  return new MortarError('MORTAR_POSTGRES_FAILED', `PostgreSQL: ${what}`, {
    where: `${host}:${port}`,
    seen,
    ...(hints.has(code) && { hint: hints.get(code)! }),
    cause,
  })
}

/** A name as SQL takes it, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL takes it, whatever is in it. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return text.includes('\\') ? ` E${quoted}` : quoted
}
