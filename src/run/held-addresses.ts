import { holdAddress, type Listener } from '../engine/listener.ts'
import { movedUrl } from '../services/carry-only.ts'
import { MortarError } from '../core/errors.ts'
import type { RunContext } from './run-context.ts'
import { serviceRequests } from './services-of-config.ts'
import { openWorkerServers, type WorkerServers, type WorkerServersOptions } from './worker-servers.ts'

/** The addresses of a worker's servers, at which whoever connects waits until {@link HeldAddresses.open}. */
export interface HeldAddresses extends Pick<WorkerServers, 'variables' | 'addresses'> {
  /**
   * Opens the servers behind the addresses, each as soon as it answers.
   *
   * @throws what `openWorkerServers` throws; MortarError `MORTAR_PORT_IN_USE` where they are not at these addresses
   */
  open(): Promise<WorkerServers>
  close(): Promise<void>
}

/**
 * Takes the addresses that a worker's servers are going to have.
 *
 * @throws MortarError `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export async function holdAddresses(run: RunContext, options: WorkerServersOptions): Promise<HeldAddresses> {
  const { env, fixedPorts } = options
  const owned = run.boundaries.filter(({ wire }) => wire)
  const names = owned.map(({ name }) => name)
  const listeners = new Map<string, Listener>()
  const close = async (): Promise<void> => void (await Promise.all([...listeners.values()].map((one) => one.close())))
  const variables: Record<string, string> = {}
  try {
    for (const { name, variable } of await serviceRequests(run.config, env, names)) {
      const url = env[variable]
      if (url === undefined) continue
      const { port } = owned.find((boundary) => boundary.name === name)!.input
      const fixed = fixedPorts && port !== undefined ? { port } : {}
      const listener = await holdAddress({ purpose: `the boundary ${name}`, ...fixed })
      listeners.set(name, listener)
      variables[variable] = movedUrl(url, listener)
    }
  } catch (error) {
    await close()
    throw error
  }
  const ports = new Map([...listeners].map(([name, { port }]) => [name, port]))
  return {
    variables,
    addresses: [...listeners.values()].map(({ host, port }) => `${host}:${port}`),
    async open() {
      const servers = await openWorkerServers(run, { ...options, ports })
      const moved = Object.keys(servers.variables).find((name) => servers.variables[name] !== variables[name])
      if (moved === undefined) return servers
      await servers.close()
      throw new MortarError('MORTAR_PORT_IN_USE', `the server of ${moved} is not where it was to be`)
    },
    close,
  }
}
