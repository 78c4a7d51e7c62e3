import { type Risk, risks } from '../../core/boundary.ts'
import type { Evidence, Sign } from './evidence.ts'
import { guessRisk, type RiskGuess } from './guess-risk.ts'
import { type KnownService, serviceAtHost, serviceNamed } from './known-services.ts'
import { camel, nameOfVariable, namesOfHost } from './name-boundary.ts'
import { type Address, isPrivateHost, parseAddress } from './parse-address.ts'
import type { MoneyPath } from './read-paths.ts'

/** A boundary that `mortar init` suggests. */
export interface ProposedBoundary {
  readonly name: string
  readonly protocol: 'http' | 'tcp'
  readonly origin: string
  readonly aliases: readonly string[]
  /** `external` for hosts of the public internet. */
  readonly owner: 'external' | undefined
  /** `undefined` stands for the default, medium. */
  readonly risk: Risk | undefined
  readonly riskReason: string | undefined
  readonly env: string | undefined
  readonly contract: string | undefined
  /** The most telling first. */
  readonly evidence: readonly Evidence[]
}

/** An address that was seen, but does not look like one that the program calls. */
export interface Doubtful extends Evidence {
  readonly origin: string
}

/** What signs come to when those of one service are put together. */
export interface Proposals {
  readonly boundaries: readonly ProposedBoundary[]
  readonly doubtful: readonly Doubtful[]
}

/** Signs of one service. */
interface Cluster {
  readonly service: KnownService | undefined
  readonly signs: Sign[]
}

const order: readonly Sign['kind'][] = ['dependency', 'environment', 'source', 'openapi', 'compose']

/**
 * Puts the signs of each service together and suggests a boundary for those that say enough.
 *
 * @param paths - By which a boundary is critical whose names do not say so.
 */
export function propose(signs: readonly Sign[], paths: readonly MoneyPath[] = []): Proposals {
  const boundaries: ProposedBoundary[] = []
  const doubtful: Doubtful[] = []
  const taken = new Set<string>()
  for (const cluster of clusters(signs)) {
    const weight = cluster.signs.reduce((sum, sign) => sum + sign.weight, 0)
    if (weight >= 1) boundaries.push(boundaryOf(cluster, taken, paths))
    else doubtful.push(doubtfulOf(cluster, weight))
  }
  return { boundaries: boundaries.toSorted((a, b) => rank(b.risk) - rank(a.risk)), doubtful }
}

function rank(risk: Risk | undefined): number {
  return risks.indexOf(risk ?? 'medium')
}

function clusters(signs: readonly Sign[]): readonly Cluster[] {
  const byKey = new Map<string, Cluster>()
  for (const sign of signs) {
    const address = sign.origin === undefined ? undefined : parseAddress(sign.origin)
    const service =
      serviceNamed(sign.service ?? (sign.env && nameOfVariable(sign.env)) ?? '') ?? serviceAtHost(address?.host ?? '')
    const keys = [
      ...(service ? [`service ${service.name}`] : address ? [placeOf(address)] : []),
      ...(sign.env === undefined ? [] : [`env ${sign.env}`]),
    ]
    const found = [...new Set(keys.flatMap((key) => byKey.get(key) ?? []))]
    const cluster: Cluster = {
      service: service ?? found.find((each) => each.service)?.service,
      signs: [...found.flatMap((each) => each.signs), sign],
    }
    for (const key of keys) byKey.set(key, cluster)
    // Whatever pointed at a part now points at the whole.
    for (const [key, each] of byKey) if (found.includes(each)) byKey.set(key, cluster)
  }
  return [...new Set(byKey.values())]
}

/** `host` alone for default ports, so that http and https of one host are one service. */
function placeOf({ host, port }: Address): string {
  return port === undefined ? `host ${host}` : `host ${host}:${port}`
}

function boundaryOf({ service, signs }: Cluster, taken: Set<string>, paths: readonly MoneyPath[]): ProposedBoundary {
  const told = signs.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.weight - a.weight)
  const addresses = distinctAddresses(told, service)
  const main = addresses[0] ?? parseAddress('http://localhost')!
  const env = told.find((sign) => sign.env !== undefined)?.env
  const names = [
    ...(service ? [service.name] : []),
    ...(env === undefined ? [] : [nameOfVariable(env) ?? '']),
    ...told.flatMap((sign) => (sign.name === undefined ? [] : [camel(sign.name)])),
    ...namesOfHost(main.host, main.port),
  ].filter((name) => name !== '')
  const name = free(names, taken)
  const byPath = (): RiskGuess | undefined => {
    const asked = paths.find(
      (one) => (one.env !== undefined && one.env === env) || addresses.some(({ host }) => host === one.host),
    )
    return asked && { risk: 'critical', reason: `moves money, as ${asked.where} asks for /${asked.part}` }
  }
  const guess =
    service?.risk && service.reason
      ? { risk: service.risk, reason: service.reason }
      : (guessRisk([name, ...addresses.map(({ host }) => host), env ?? '']) ?? (service ? undefined : byPath()))
  return {
    name,
    protocol: main.scheme.startsWith('http') ? 'http' : 'tcp',
    origin: main.origin,
    aliases: addresses.slice(1).map(({ origin }) => origin),
    owner: isPrivateHost(main.host.replace(/^\*\./, '')) ? undefined : 'external',
    risk: guess?.risk,
    riskReason: guess?.reason,
    env,
    contract: told.find((sign) => sign.contract !== undefined)?.contract,
    evidence: withoutRepeats(told),
  }
}

/** Those that a known service's own origins do not cover, public ones first, each with the safer scheme. */
function distinctAddresses(signs: readonly Sign[], service: KnownService | undefined): Address[] {
  const own = (service?.origins ?? []).map((origin) => wildcardAddress(origin))
  const seen = signs.flatMap((sign) => (sign.origin === undefined ? [] : (parseAddress(sign.origin) ?? [])))
  const byPlace = new Map<string, Address>()
  for (const address of seen) {
    if (service && service === serviceAtHost(address.host) && address.scheme === 'https') continue
    const place = placeOf(address)
    const known = byPlace.get(place)
    if (!known || (known.scheme === 'http' && address.scheme === 'https')) byPlace.set(place, address)
  }
  const others = [...byPlace.values()].toSorted((a, b) => Number(isPrivateHost(a.host)) - Number(isPrivateHost(b.host)))
  const http = others.filter(({ scheme }) => scheme.startsWith('http'))
  return [...own, ...(own.length > 0 || http.length > 0 ? http : others)]
}

function wildcardAddress(origin: string): Address {
  return { scheme: 'https', host: origin.slice('https://'.length), port: undefined, origin }
}

function free(names: readonly string[], taken: Set<string>): string {
  let name = names.find((candidate) => !taken.has(candidate))
  for (let number = 2; name === undefined; number++) {
    const candidate = `${names[0]}${number}`
    if (!taken.has(candidate)) name = candidate
  }
  taken.add(name)
  return name
}

function withoutRepeats(signs: readonly Sign[]): readonly Evidence[] {
  const seen = new Set<string>()
  return signs.flatMap(({ where, why }) => {
    const key = `${where} ${why}`
    if (seen.has(key)) return []
    seen.add(key)
    return [{ where, why }]
  })
}

function doubtfulOf({ signs }: Cluster, weight: number): Doubtful {
  const { origin, where } = signs.find((sign) => sign.weight > 0) ?? signs[0]!
  const why = weight === 0 ? 'only in tests, examples or documentation' : 'looks like a link for people'
  return { origin: origin ?? '', where, why }
}
