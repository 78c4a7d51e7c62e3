import { drivers } from '../../services/drivers.ts'
import { type ServiceProtocol, serviceProtocols } from '../../services/service-request.ts'
import type { Evidence, Unattached } from './evidence.ts'
import type { FoundMigrations } from './find-migrations.ts'
import { camel, nameOfVariable } from './name-boundary.ts'

/** A database, cache or broker that `mortar init` suggests: Mortar starts it where its address is not given. */
export interface ProposedServer {
  readonly name: string
  readonly protocol: ServiceProtocol
  /** The variable in which the program looks for the address; the usual one where none was seen. */
  readonly env: string
  readonly migrations: FoundMigrations['migrations'] | undefined
  readonly evidence: readonly Evidence[]
}

/** What is found of servers, put together. */
export interface ServerProposals {
  readonly servers: readonly ProposedServer[]
  /** What no boundary is suggested for. */
  readonly unattached: readonly Unattached[]
}

interface Draft {
  readonly protocol: ServiceProtocol
  readonly env: string
  readonly places: Set<string>
  readonly evidence: Evidence[]
}

/**
 * One server for each variable that leads to another place; images and drivers without a variable are one server of
 * their kind, or speak for one that is there.
 *
 * @param taken - Names of other boundaries.
 */
export function proposeServers(
  found: readonly Unattached[],
  migrations: FoundMigrations | undefined,
  taken: readonly string[],
): ServerProposals {
  const drafts: Draft[] = []
  const unattached: Unattached[] = []
  const withVariable = (item: Unattached): boolean => variableOf(item) !== undefined
  for (const item of [...found.filter(withVariable), ...found.filter((each) => !withVariable(each))]) {
    const { protocol, where, why } = item
    if (!isStartable(protocol) || /activemq/i.test(why)) {
      unattached.push(item)
      continue
    }
    const variable = variableOf(item)
    const [place = ''] = item.address.split(' ')
    const same = drafts.filter((draft) => draft.protocol === protocol)
    const known =
      same.find(({ env, places }) => env === variable || places.has(place)) ??
      (variable === undefined && (place === '' || same.length === 1) ? same[0] : undefined)
    if (!known && variable === undefined && same.length > 0) {
      unattached.push(item)
      continue
    }
    const draft = known ?? { protocol, env: variable ?? drivers[protocol].variable, places: new Set(), evidence: [] }
    if (!known) drafts.push(draft)
    if (place !== '') draft.places.add(place)
    if (!draft.evidence.some((each) => each.where === where && each.why === why)) draft.evidence.push({ where, why })
  }
  return { servers: named(drafts, migrations, new Set(taken)), unattached }
}

function named(
  drafts: readonly Draft[],
  found: FoundMigrations | undefined,
  taken: Set<string>,
): readonly ProposedServer[] {
  const databases = drafts.filter(({ protocol }) => protocol === 'postgres' || protocol === 'mysql')
  const migrated = databases.find(({ env }) => env === 'DATABASE_URL') ?? databases[0]
  return drafts.map((draft) => {
    const { protocol, env, evidence } = draft
    const wanted = nameOfVariable(env) ?? camel(protocol)
    let name = wanted
    for (let number = 2; taken.has(name); number++) name = `${wanted}${number}`
    taken.add(name)
    const own = draft === migrated ? found : undefined
    return {
      name,
      protocol,
      env,
      migrations: own?.migrations,
      evidence: own ? [{ where: own.where, why: own.why }, ...evidence] : evidence,
    }
  })
}

function variableOf({ address }: Unattached): string | undefined {
  return /\(([^()]+)\)$/.exec(address)?.[1]
}

function isStartable(protocol: string): protocol is ServiceProtocol {
  return (serviceProtocols as readonly string[]).includes(protocol)
}
