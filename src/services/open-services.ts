import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { MortarError } from '../core/errors.ts'
import { writeFailed } from '../files/write-whole.ts'
import type { ReadyService } from './attempt.ts'
import { drivers } from './drivers.ts'
import { type Homes, homesOf, newDirectoryName } from './homes.ts'
import { startByLadder, tryAddress } from './ladder.ts'
import { holdLease, type Lease } from './lease/hold-lease.ts'
import { sweepLeases } from './lease/sweep.ts'
import type { ServiceRequest } from './service-request.ts'

/** Dependencies that answer, until they are closed. */
export interface Services {
  /** What the program's environment needs to find them. */
  readonly variables: Readonly<Record<string, string>>
  /** In the order of the requests. */
  readonly services: readonly OpenService[]
  /** Ends their use; those that nobody else uses are ended and leave nothing behind. */
  close(): Promise<void>
}

/** A dependency that answers. */
export interface OpenService extends ReadyService {
  /** Whether another process has started it. */
  readonly shared: boolean
}

/** Where services are opened. */
export interface ServicesOptions {
  /** Folder of the project: processes of one project share its services. */
  readonly project: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Called as each one is ready. */
  readonly onReady?: (service: OpenService) => void
  /** Called once, when it is known where all of them are going to be: before they answer, as far as that can be had. */
  readonly onAddresses?: (addresses: readonly ServiceAddress[]) => void
}

/** Where a dependency is going to be. One that does not start in the end is nowhere, or somewhere else. */
export interface ServiceAddress {
  readonly name: string
  readonly variable: string
  readonly url: string
  /** Its address was not given: it is being started. */
  readonly isStarted: boolean
}

/**
 * Gets every dependency: at the address that is given, else started, once for all processes of the project.
 *
 * @throws MortarError `MORTAR_SERVICE_…`, `MORTAR_DISK_FULL`, `MORTAR_PORT_IN_USE`, `MORTAR_WRITE_FAILED`; then
 *   nothing is open
 */
export async function openServices(
  requests: readonly ServiceRequest[],
  { project, env, onReady, onAddresses = () => {} }: ServicesOptions,
): Promise<Services> {
  const homes = homesOf(env)
  await sweepLeases(homes.leases, homes.ports)
  const told = new Map<string, ServiceAddress>()
  const tell = ({ name, variable }: ServiceRequest, url: string, isStarted: boolean): void => {
    if (told.has(name)) return
    told.set(name, { name, variable, url, isStarted })
    if (told.size === requests.length) onAddresses(requests.map((request) => told.get(request.name)!))
  }
  const results = await Promise.allSettled(
    requests.map(async (request) => {
      const onAddress = (url: string): void => tell(request, url, true)
      const opened = await openService(request, { project, env, homes, onAddress })
      tell(request, opened.service.url, opened.service.provider !== 'address')
      onReady?.(opened.service)
      return opened
    }),
  )
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const close = async (): Promise<void> => {
    await Promise.all(opened.map(({ release }) => release()))
  }
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  const services = opened.map(({ service }) => service)
  return { services, variables: Object.fromEntries(services.map(({ variable, url }) => [variable, url])), close }
}

interface Surroundings {
  readonly project: string
  readonly env: ServicesOptions['env']
  readonly homes: Homes
  readonly onAddress: (url: string) => void
}

interface Opened {
  readonly service: OpenService
  release(): Promise<void>
}

const portAttempts = 3
/** Waiting for another process includes what may take it longest: to fetch an image. */
const patienceMs = 330_000

async function openService(request: ServiceRequest, { project, env, homes, onAddress }: Surroundings): Promise<Opened> {
  const driver = drivers[request.protocol]
  const given = await tryAddress(driver, request, env).catch((error: unknown) => {
    throw placed(error, request)
  })
  if ('url' in given) return { service: { ...given, shared: false }, release: async () => {} }
  const lease = leaseOf(homes, project, request)
  for (let attempt = 1; ; attempt++) {
    try {
      const held: Lease<ReadyService> = await holdLease({
        lease,
        ports: homes.ports,
        patienceMs,
        newDirectory: newDirectoryName,
        start: (generation, directory) =>
          startByLadder(driver, request, { generation, directory, homes, env, project, onAddress }, [given]),
      })
      return { service: { ...held.ready, shared: held.shared }, release: () => held.release() }
    } catch (error) {
      if (attempt < portAttempts && MortarError.is(error, 'MORTAR_PORT_IN_USE')) continue
      throw placed(error, request)
    }
  }
}

/** A folder for what is shared under the same project, boundary and wishes. */
function leaseOf({ leases }: Homes, project: string, request: ServiceRequest): string {
  const key = createHash('sha256')
    .update(JSON.stringify([project, request]))
    .digest('hex')
    .slice(0, 16)
  const folder = join(leases, `${request.protocol}-${key}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw writeFailed(folder, cause)
  }
  return folder
}

/** The error with the boundary that it is about. */
function placed(error: unknown, { name }: ServiceRequest): unknown {
  const place = `boundaries.${name}`
  if (MortarError.is(error)) {
    const { code, reason: message, where = '', expected, seen, hint, cause } = error
    return new MortarError(code, message, {
      where: where === '' ? place : where.includes(place) ? where : `${place}, ${where}`,
      hint,
      cause,
      ...(expected !== undefined && { expected }),
      ...(seen !== undefined && { seen }),
    })
  }
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error
  const message = 'a server could not be prepared: there is no space left'
  return new MortarError('MORTAR_DISK_FULL', message, { where: place, cause: error })
}
