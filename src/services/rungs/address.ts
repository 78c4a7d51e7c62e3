import type { ServerDriver } from '../driver.ts'
import { MortarError } from '../../core/errors.ts'
import { securePorts } from '../carry-only.ts'
import { serverTls } from '../server-tls.ts'
import { type ServerPlace, speaksTls, tlsMisfit, wantsTls } from './tls-misfit.ts'
import { greet, type Greeting } from '../handshake/greet.ts'
import type { ServiceRequest } from '../service-request.ts'

/** A server that is there already, or why there is none; with `isNamed` the variable names one all the same. */
export type GivenAddress =
  | { readonly url: string; readonly host: string; readonly port: number; readonly greeting: Greeting }
  | { readonly reason: string; readonly isNamed: boolean }

const timeoutMs = 3_000

/**
 * Asks the server whose address the program's variable holds. Credentials are not shown, and not tried.
 *
 * @throws MortarError `MORTAR_SERVER_TLS` when the server is there, but not as the address says;
 *   `MORTAR_CONFIG_INVALID`
 */
export async function givenAddress(
  { variable, account }: ServiceRequest,
  driver: ServerDriver,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GivenAddress> {
  const value = env[variable]
  if (!value) return { reason: `${variable} is not set`, isNamed: false }
  const url = parseAddress(value)
  if (!url) return { reason: `${variable} is set, but holds no address that can be read`, isNamed: true }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (securePorts[url.protocol] ?? driver.container.port)
  const user = decodeURIComponent(url.username) || account.user
  const database = decodeURIComponent(url.pathname.slice(1)) || account.database
  const asked = { ...(user !== undefined && { user }), ...(database !== undefined && { database }) }
  const handshake = driver.handshake({ ...nobody, account: asked })
  const tls = serverTls(value)
  const place: ServerPlace = { variable, title: driver.title, host, port, handshake, tls }
  try {
    const greeting = await greet(handshake, { host, port, ...(tls && { tls }), timeoutMs })
    if (!tls && (await wantsTls(place, greeting))) throw speaksTls(place)
    return { url: value, host, port, greeting }
  } catch (error) {
    if (MortarError.is(error)) throw error
    const misfit = await tlsMisfit(place, error as NodeJS.ErrnoException)
    if (misfit) throw misfit
    return { reason: `${variable} names ${host}:${port}, but ${(error as Error).message}`, isNamed: true }
  }
}

const nobody: ServiceRequest = {
  name: '',
  protocol: 'postgres',
  variable: '',
  version: undefined,
  preferredVersion: undefined,
  image: undefined,
  settings: {},
  account: {},
}

/** An address with a scheme, or `host:port`; of several, the first. */
function parseAddress(value: string): URL | undefined {
  const [first = ''] = value.split(',')
  const text = first.includes('://') ? first : `tcp://${first}`
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.hostname === '' || (!first.includes('://') && url.port === '') ? undefined : url
}
