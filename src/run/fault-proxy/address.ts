import { lookup } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import { badBody } from './api-error.ts'

/** Where to listen or to connect. */
export interface Address {
  /** Name or address, IPv6 without brackets; empty where none was given. */
  readonly host: string
  readonly port: number
}

/**
 * Reads `host:port`, `[::1]:port` or `:port`.
 *
 * @param field - Whose value it is, for the message.
 * @throws ApiError 400
 */
export function readAddress(text: string, field: string): Address {
  const {
    bracketed,
    plain = '',
    port = '',
  } = /^(?:\[(?<bracketed>[^\]]*)\]|(?<plain>[^:[\]]*)):(?<port>\d{1,5})$/.exec(text)?.groups ?? {}
  const number = Number(port)
  if (port === '' || number > 65_535 || /[\s/]/.test(plain)) {
    throw badBody(`${field} must be host:port, and is ${JSON.stringify(text)}`)
  }
  return { host: bracketed ?? plain, port: number }
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function writeAddress({ host, port }: Address): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}

/** The address that a host name stands for, IPv4 first; so that what is said to listen is what listens. */
export async function resolveHost(host: string): Promise<string> {
  return (await lookup(host, { order: 'ipv4first' })).address
}
