import { MortarError } from '../../core/errors.ts'
import type { OpenService } from '../../services/open-services.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { startServers, type StartedServers } from '../start-servers.ts'
import { type SignalWatch, unlessStopped } from '../watch-signals.ts'

/** The servers of a config, which are there for a whole matrix; the first who asks has them started. */
export interface MatrixServers {
  /** The environment with their addresses, once all answer. @throws what starting them throws */
  environment(): Promise<NodeJS.ProcessEnv>
  /** The same as soon as the addresses are known. */
  addresses(): Promise<NodeJS.ProcessEnv>
  /**
   * Resolves when that of a boundary answers at its address.
   *
   * @throws what starting them throws; MortarError `MORTAR_PORT_IN_USE` where it answers elsewhere
   */
  answers(boundary: string): Promise<void>
  /** Ends those that have been started by now. May be called again. */
  close(): Promise<void>
}

/** How servers of a matrix are started. */
export interface MatrixServersOptions {
  readonly env: NodeJS.ProcessEnv
  readonly signals: SignalWatch
  readonly onReady?: ((service: OpenService) => void) | undefined
}

export function makeServers(config: LoadedConfig, { env, signals, onReady }: MatrixServersOptions): MatrixServers {
  const told = Promise.withResolvers<NodeJS.ProcessEnv>()
  const ready = new Map<string, OpenService>()
  const waiting = new Map<string, () => void>()
  let services: StartedServers | undefined
  let starting: Promise<void> | undefined
  let closing: Promise<void> | undefined

  async function start(): Promise<void> {
    const opening = startServers(config, {
      env,
      onReady(service) {
        ready.set(service.name, service)
        waiting.get(service.name)?.()
        onReady?.(service)
      },
      onVariables: (variables) => told.resolve({ ...env, ...variables }),
    })
    services = await unlessStopped(opening, signals)
  }

  async function environment(): Promise<NodeJS.ProcessEnv> {
    await (starting ??= start())
    return { ...env, ...services?.variables }
  }

  const addresses = (): Promise<NodeJS.ProcessEnv> => Promise.race([told.promise, environment()])

  return {
    environment,
    addresses,
    async answers(boundary) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(boundary, resolve)
      if (!ready.has(boundary)) await Promise.race([promise, environment()])
      const service = ready.get(boundary)
      if (!service || (await addresses())[service.variable] === service.url) return
      throw new MortarError('MORTAR_PORT_IN_USE', `${service.title} is not where it was to be`)
    },
    async close() {
      if (services) await (closing ??= services.close())
    },
  }
}
