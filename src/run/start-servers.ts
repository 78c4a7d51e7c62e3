import type { ServiceAddress, Services, ServicesOptions } from '../services/open-services.ts'
import type { LoadedConfig } from './loaded-config.ts'
import { isOwned, recordModeOf } from './record-mode.ts'

/** Names the boundaries whose servers an outer process has seen to; empty when there are none. */
export const startedVariable = 'MORTAR_STARTED'

/** How servers are started. */
export interface StartOptions extends Omit<ServicesOptions, 'project' | 'onAddresses'> {
  /** Hears what {@link StartedServers} is going to have, before the servers answer. */
  readonly onVariables?: (variables: Readonly<Record<string, string>>) => void
}

/** Servers that answer, and what tells a process further in that they do. */
export interface StartedServers extends Services {
  readonly variables: Readonly<Record<string, string>>
}

/**
 * Starts what the servers of a config need that are to be real; most configs have none, and load nothing for it.
 *
 * @returns `undefined` when there are none, or when an outer process has done it.
 * @throws MortarError those of `openServices`
 */
export async function startServers(
  config: LoadedConfig,
  { onVariables, ...options }: StartOptions,
): Promise<StartedServers | undefined> {
  if (options.env[startedVariable] !== undefined) return undefined
  const real = config.boundaries.filter(({ input }) => isOwned(input) && recordModeOf(config, input) !== 'none')
  if (real.length === 0) return undefined
  const { openConfigServices } = await import('./services-of-config.ts')
  const services = await openConfigServices(config, {
    ...options,
    names: real.map(({ name }) => name),
    ...(onVariables && { onAddresses: (addresses) => onVariables(variablesOf(addresses)) }),
  })
  const addresses = services.services.map((one) => ({ ...one, isStarted: one.provider !== 'address' }))
  return { ...services, variables: variablesOf(addresses) }
}

function variablesOf(addresses: readonly ServiceAddress[]): Readonly<Record<string, string>> {
  const own = addresses.filter(({ isStarted }) => isStarted)
  return {
    ...Object.fromEntries(addresses.map(({ variable, url }) => [variable, url])),
    [startedVariable]: own.map(({ name }) => name).join(','),
  }
}
