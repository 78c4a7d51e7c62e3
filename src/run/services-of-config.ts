import type { BoundaryInput, ServiceBoundaryOptions } from '../core/boundary.ts'
import { MortarError } from '../core/errors.ts'
import { closestWord } from '../core/closest-word.ts'
import { type ComposeFile, readComposeFile } from '../services/compose-file.ts'
import { findWishes } from '../services/compose-wishes.ts'
import { drivers } from '../services/drivers.ts'
import { openServices, type Services, type ServicesOptions } from '../services/open-services.ts'
import type { ServiceProtocol, ServiceRequest } from '../services/service-request.ts'
import type { LoadedBoundary, LoadedConfig } from './loaded-config.ts'

/** Which dependencies to open, and where to say so. */
export interface ConfigServicesOptions extends Omit<ServicesOptions, 'project'> {
  /** Names of boundaries; default: all dependencies of the config. */
  readonly names?: readonly string[]
}

/**
 * Gets the dependencies of a config: at their given address, or started, once for all processes of the project.
 *
 * @throws MortarError `MORTAR_USAGE` for a name that is none; those of `openServices`
 */
export async function openConfigServices(
  config: LoadedConfig,
  { names = [], ...options }: ConfigServicesOptions,
): Promise<Services> {
  const requests = await serviceRequests(config, options.env, names)
  return openServices(requests, { ...options, project: config.directory })
}

/** The boundaries of a config whose servers can be started. */
export function startableBoundaries({ boundaries }: LoadedConfig): LoadedBoundary[] {
  return boundaries.filter(({ input }) => Object.hasOwn(drivers, input.protocol))
}

/** What the dependencies of a config have to be, the Compose file considered. */
export async function serviceRequests(
  config: LoadedConfig,
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = [],
): Promise<ServiceRequest[]> {
  const startable = startableBoundaries(config)
  for (const name of names) refuseUnknown(name, startable)
  const chosen = names.length === 0 ? startable : startable.filter(({ name }) => names.includes(name))
  if (chosen.length === 0) return []
  const looks = chosen.some(({ input }) => optionsOf(input).compose !== false)
  const file = looks ? await readComposeFile(config.directory, env) : undefined
  const requests = chosen.map((boundary) => requestOf(boundary, file))
  refuseSharedVariable(requests, config)
  return requests
}

function requestOf({ name, input }: LoadedBoundary, file: ComposeFile | undefined): ServiceRequest {
  const { compose, version, image, settings = {} } = optionsOf(input)
  const protocol = input.protocol as ServiceProtocol
  const wishes = file && compose !== false ? findWishes(file, protocol, name, compose) : undefined
  const own = Object.entries(settings).map(([key, value]) => [key, String(value)])
  return {
    name,
    protocol,
    variable: input.env ?? drivers[protocol].variable,
    version,
    preferredVersion: version === undefined ? wishes?.version : undefined,
    image: image ?? (version === undefined ? wishes?.image : undefined),
    settings: { ...wishes?.settings, ...Object.fromEntries(own) },
    account: wishes?.account ?? {},
  }
}

function optionsOf(input: BoundaryInput): ServiceBoundaryOptions {
  return input as ServiceBoundaryOptions
}

function refuseUnknown(name: string, startable: readonly LoadedBoundary[]): void {
  const known = startable.map((boundary) => boundary.name)
  if (known.includes(name)) return
  const near = closestWord(name, known)
  throw new MortarError('MORTAR_USAGE', `\`${name}\` is no dependency of the config`, {
    expected: known.length > 0 ? `one of ${known.join(', ')}` : 'a config that declares one',
    ...(near !== undefined && { hint: `Did you mean \`${near}\`?` }),
  })
}

/** One variable cannot lead to two servers; the loader sees only those that the config names. */
function refuseSharedVariable(requests: readonly ServiceRequest[], { file, directory }: LoadedConfig): void {
  const claimed = new Map<string, string>()
  for (const { name, variable } of requests) {
    const other = claimed.get(variable)
    if (other !== undefined) {
      throw new MortarError(
        'MORTAR_BOUNDARY_CONFLICT',
        `\`${other}\` and \`${name}\` both claim the variable ${variable}`,
        {
          where: file ?? directory,
          hint: 'Name the variable of each with `env`.',
        },
      )
    }
    claimed.set(variable, name)
  }
}
