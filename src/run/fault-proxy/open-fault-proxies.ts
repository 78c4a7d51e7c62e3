import { readFile } from 'node:fs/promises'
import { MortarError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { writeAddress } from './address.ts'
import { openAdminServer } from './admin-server.ts'
import { ApiError } from './api-error.ts'
import { Proxies, type WantedProxy } from './proxies.ts'
import { readProxies } from './read-proxy.ts'

/** Where the admin API listens, and what there is from the start. */
export interface FaultProxiesOptions {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** Path of a JSON file in Toxiproxy's format: an array of proxies. */
  readonly file?: string
  /** Of all that is left to chance (default 1). */
  readonly seed?: number
  /** Is told what goes wrong later, in one line. */
  readonly warn?: (line: string) => void
}

/** Proxies that are steered over HTTP. */
export interface FaultProxies {
  /** Of the admin API: `http://127.0.0.1:8474`. */
  readonly url: string
  /** What the file asked for, as it is now, by name. */
  readonly proxies: Json
  /** Closes the admin API, the proxies and their connections. */
  close(): Promise<void>
}

const connectTimeoutMs = 10_000

/**
 * Opens the admin API and the proxies of the file.
 *
 * @throws MortarError `MORTAR_CONFIG_UNREADABLE`, `MORTAR_CONFIG_INVALID`, `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export async function openFaultProxies(options: FaultProxiesOptions): Promise<FaultProxies> {
  const { host, port, file, seed = 1, warn = () => {} } = options
  const wanted = file === undefined ? [] : await readProxyFile(file)
  const proxies = new Proxies({ host, seed, connectTimeoutMs, warn })
  const admin = await openAdminServer(proxies, { host, port }).catch((error: unknown) => {
    throw withHint(error, 'Free the port, or pass another one with `--port`; 0 means a free one.')
  })
  const close = async (): Promise<void> => {
    await admin.close()
    await proxies.close()
  }
  try {
    await proxies.change(() => proxies.populate(wanted, []))
  } catch (error) {
    await close()
    throw withHint(error, 'Free the port, or change `listen` of this proxy in the file.')
  }
  return { url: `http://${writeAddress(admin)}`, proxies: proxies.toJSON(), close }
}

async function readProxyFile(file: string): Promise<readonly WantedProxy[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw unreadable(file, `cannot be read: ${(error as Error).message}`)
  }
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch (error) {
    throw unreadable(file, `is no JSON: ${(error as Error).message}`)
  }
  try {
    return readProxies(body)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const reason = error.message.replace(/^bad request body: /, '')
    throw new MortarError('MORTAR_CONFIG_INVALID', `The file of proxies is not valid: ${reason}`, { where: file })
  }
}

/** What the table advises on a port is meant for boundaries. */
function withHint(error: unknown, hint: string): unknown {
  if (!MortarError.is(error, 'MORTAR_PORT_IN_USE')) return error
  const { code, reason, where } = error
  return new MortarError(code, reason, { hint, cause: error, ...(where !== undefined && { where }) })
}

function unreadable(file: string, what: string): MortarError {
  return new MortarError('MORTAR_CONFIG_UNREADABLE', `The file of proxies ${what}`, {
    where: file,
    hint: 'It is a JSON array: `[{"name": "orders", "listen": "127.0.0.1:15432", "upstream": "127.0.0.1:5432"}]`.',
  })
}
