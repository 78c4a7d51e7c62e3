import { MortarError } from '../core/errors.ts'
import { isUnderCi } from '../core/under-ci.ts'
import type { Attempt, ReadyService, Rung } from './attempt.ts'
import type { ServerDriver } from './driver.ts'
import { type GivenAddress, givenAddress } from './rungs/address.ts'
import { findLocal } from './rungs/binary.ts'
import { findEngine, imageOf } from './rungs/container.ts'
import { findEmbedded } from './rungs/embedded.ts'
import type { ServiceRequest } from './service-request.ts'
import { startContainer } from './start-container.ts'
import { startServer, type StartPlace } from './start-server.ts'
import { isVersion } from './version.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The dependency when its address is given already; else what was tried.
 *
 * @throws MortarError `MORTAR_SERVER_TLS`, `MORTAR_SERVICE_VERSION`, `MORTAR_CONFIG_INVALID`; under CI
 *   `MORTAR_SERVICE_UNAVAILABLE` when the variable names a server that does not answer
 */
export async function tryAddress(
  driver: ServerDriver,
  request: ServiceRequest,
  env: Environment,
): Promise<ReadyService | Attempt> {
  const given = await givenAddress(request, driver, env)
  if ('reason' in given) {
    const missed: Attempt = {
      rung: 'address',
      used: false,
      said: given.reason,
      ...(given.isNamed && { missed: true as const }),
    }
    // What a job has been given is what it is to be judged with; another server would make it green for nothing.
    if (given.isNamed && isUnderCi(env)) throw unanswered(driver, request, missed)
    return missed
  }
  const { host, port, url, greeting } = given
  const version = greeting.version ?? ''
  const tried = [{ rung: 'address', used: true, said: saidOf(driver, request, given) }] as const
  return ready(driver, request, { provider: 'address', url, host, port, version, tried })
}

function saidOf(
  { title }: ServerDriver,
  { variable }: ServiceRequest,
  given: Exclude<GivenAddress, { reason: string }>,
): string {
  const { host, port, greeting } = given
  const who = [title, greeting.version].filter(Boolean).join(' ')
  const caveat = greeting.refused === undefined ? '' : `; ${greeting.refused}`
  return `${who} answers at ${host}:${port}, from ${variable}${caveat}`
}

/** Where a dependency is started. */
export interface LadderPlace extends Omit<StartPlace, 'onPort'> {
  readonly project: string
  /** Hears what its address is going to be, where that is known before it answers. */
  readonly onAddress?: (url: string) => void
}

/**
 * Starts a dependency in the first way that there is.
 *
 * @param before - What was tried already.
 * @throws MortarError `MORTAR_SERVICE_UNAVAILABLE`, `MORTAR_SERVICE_VERSION`; those of starting
 */
export async function startByLadder(
  driver: ServerDriver,
  request: ServiceRequest,
  { onAddress, ...place }: LadderPlace,
  before: readonly Attempt[],
): Promise<ReadyService> {
  const tried = [...before]
  const miss = (rung: Rung, said: string): void => void tried.push({ rung, used: false, said })
  const hit = (rung: Rung, said: string): readonly Attempt[] => [...tried, { rung, used: true, said }]
  const at = { host: '127.0.0.1' }

  const local = await findLocal(driver, request, place.env)
  if ('server' in local) {
    const { server } = local
    const startedAt = performance.now()
    const onPort = (port: number): void => onAddress?.(driver.url(request, at.host, port))
    const { port, greeting, dataOrigin } = await startServer(driver, request, server, { ...place, onPort })
    const version = server.version || (greeting.version ?? '')
    const how = { cached: ', prepared before', prepared: ', prepared now', none: '' }[dataOrigin]
    const said = `${server.program} ${version}${server.user ? ` as ${server.user.name}` : ''}${how}; ready in ${since(startedAt)}`
    const url = driver.url(request, at.host, port)
    return ready(driver, request, { ...at, provider: 'binary', url, port, version, tried: hit('binary', said) })
  }
  miss('binary', local.reason)

  const engine = await findEngine(place.env)
  if (!('reason' in engine)) {
    const startedAt = performance.now()
    const { port, greeting } = await startContainer(driver, request, engine, place)
    const version = greeting.version ?? ''
    const said = `${imageOf(driver, request)} by ${engine.name} ${engine.version}; ready in ${since(startedAt)}`
    const url = driver.url(request, at.host, port)
    return ready(driver, request, { ...at, provider: 'container', url, port, version, tried: hit('container', said) })
  }
  miss('container', engine.reason)

  const embedded = await findEmbedded(driver, request, place.project)
  if ('server' in embedded) {
    const startedAt = performance.now()
    const { port, greeting } = await startServer(embedded.driver, request, embedded.server, place)
    const version = greeting.version ?? embedded.server.version
    const said = `${embedded.name} ${version}; ready in ${since(startedAt)}`
    const url = embedded.driver.url(request, at.host, port)
    return ready(driver, request, { ...at, provider: 'embedded', url, port, version, tried: hit('embedded', said) })
  }
  miss('embedded', embedded.reason)

  if ('otherVersions' in local) throw wrongVersion(driver, request, tried)
  throw unavailable(driver, request, tried)
}

/** @throws MortarError `MORTAR_SERVICE_VERSION`: what a container or a package brings is known only when it runs */
function ready(
  driver: ServerDriver,
  request: ServiceRequest,
  found: Pick<ReadyService, 'provider' | 'url' | 'host' | 'port' | 'version' | 'tried'>,
): ReadyService {
  const { title, protocol } = driver
  const { name, variable, preferredVersion } = request
  if (request.version !== undefined && found.version !== '' && !isVersion(found.version, request.version))
    throw wrongVersion(driver, request, found.tried)
  const differs = preferredVersion !== undefined && found.version !== '' && !isVersion(found.version, preferredVersion)
  const notes = [
    ...found.tried.flatMap(({ missed, said }) =>
      missed ? [`${said}; another ${title} was started in its place`] : [],
    ),
    ...(differs ? [`${title} ${found.version} is used, where the Compose file says ${preferredVersion}`] : []),
  ]
  return { ...found, name, protocol, title, variable, notes }
}

function wrongVersion(
  { title, debianPackage }: ServerDriver,
  { name, version }: ServiceRequest,
  tried: readonly Attempt[],
): MortarError {
  return new MortarError('MORTAR_SERVICE_VERSION', `\`${name}\` demands ${title} ${version}, which is not here`, {
    where: `boundaries.${name}`,
    expected: `version ${version}`,
    seen: linesOf(tried),
    hint: `Install that version (Debian's package is ${debianPackage}), start a container engine, or change \`version\`.`,
  })
}

function unavailable(
  { title, debianPackage }: ServerDriver,
  { name, variable }: ServiceRequest,
  tried: readonly Attempt[],
): MortarError {
  return new MortarError('MORTAR_SERVICE_UNAVAILABLE', `there is no way to get ${title} for \`${name}\``, {
    where: `boundaries.${name}`,
    seen: linesOf(tried),
    hint: `Install it (Debian: apt-get install ${debianPackage}), start a container engine, or set ${variable}.`,
  })
}

function unanswered({ title }: ServerDriver, { name, variable }: ServiceRequest, attempt: Attempt): MortarError {
  return new MortarError('MORTAR_SERVICE_UNAVAILABLE', `the ${title} that \`${name}\` was given does not answer`, {
    where: `boundaries.${name}`,
    seen: linesOf([attempt]),
    hint: `Start it before the tests, or unset ${variable}: then one is started. Not under CI, one is started anyhow.`,
  })
}

function linesOf(tried: readonly Attempt[]): string {
  return tried.map(({ rung, said }) => `${rung}: ${said}`).join('\n          ')
}

function since(startedAt: number): string {
  const ms = performance.now() - startedAt
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
