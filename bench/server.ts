import { join } from 'node:path'
import { dist } from './project.ts'

/** A server that Mortar has started. */
export interface Server {
  readonly url: string
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

/** Starts one as `mortar up` does, from the cache. */
export async function startServer(protocol: 'postgres' | 'redis', project: string): Promise<Server> {
  const { openServices } = await import(join(dist, 'services/open-services.js'))
  const none = { version: undefined, preferredVersion: undefined, image: undefined, settings: {}, account: {} }
  const request = { name: protocol, protocol, variable: 'BENCH_URL', ...none }
  const opened = await openServices([request], { project, env: process.env })
  const [{ url, host, port }] = opened.services
  return { url, host, port, close: () => opened.close() }
}
