import { MortarError } from '../core/errors.ts'
import type { ComposeFile, ComposeService } from './compose-file.ts'
import { drivers } from './drivers.ts'
import type { ServiceAccount, ServiceProtocol } from './service-request.ts'
import { versionOfTag } from './version.ts'

/** What a Compose file says of a dependency. */
export interface ComposeWishes {
  readonly image: string
  readonly version: string | undefined
  readonly account: ServiceAccount
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Finds what a Compose file says of a dependency: the service that is named, else the one named as its boundary, else
 * the only one with an image of such a server. Several that could be meant give nothing.
 *
 * @throws MortarError `MORTAR_COMPOSE_UNREADABLE` when `named` is not in the file
 */
export function findWishes(
  file: ComposeFile,
  protocol: ServiceProtocol,
  boundary: string,
  named?: string,
): ComposeWishes | undefined {
  const fitting = file.services.filter(({ image }) => isImageOf(image, protocol))
  const byName = (name: string): ComposeService | undefined => file.services.find((service) => service.name === name)
  if (named !== undefined && !byName(named)) {
    throw new MortarError('MORTAR_COMPOSE_UNREADABLE', `\`boundaries.${boundary}\` names a service that is not there`, {
      where: file.name,
      expected: `one of ${file.services.map(({ name }) => name).join(', ')}`,
      seen: named,
    })
  }
  const same = fitting.find(({ name }) => name === boundary)
  const service = named === undefined ? (same ?? (fitting.length === 1 ? fitting[0] : undefined)) : byName(named)
  if (!service) return undefined
  const { image, environment, command } = service
  return {
    image,
    version: versionOfTag(/:([^/:@]+)(?:@.*)?$/.exec(image)?.[1] ?? ''),
    account: accountIn(protocol, environment, command),
    settings: settingsIn(protocol, command),
  }
}

function isImageOf(image: string, protocol: ServiceProtocol): boolean {
  const repository = image.replace(/@.*$/, '').replace(/:[^/]*$/, '')
  const known = drivers[protocol].container.repositories
  return known.some((name) => repository === name || repository.endsWith(`/${name}`))
}

function accountIn(
  protocol: ServiceProtocol,
  env: Readonly<Record<string, string>>,
  command: readonly string[],
): ServiceAccount {
  const of = (...names: string[]): string | undefined => names.map((name) => env[name]).find(Boolean)
  if (protocol === 'postgres') {
    return account(of('POSTGRES_USER'), of('POSTGRES_PASSWORD'), of('POSTGRES_DB'))
  }
  if (protocol === 'mysql') {
    const user = of('MARIADB_USER', 'MYSQL_USER')
    const own = of('MARIADB_PASSWORD', 'MYSQL_PASSWORD')
    const root = of('MARIADB_ROOT_PASSWORD', 'MYSQL_ROOT_PASSWORD')
    return account(user, user === undefined ? root : own, of('MARIADB_DATABASE', 'MYSQL_DATABASE'))
  }
  if (protocol === 'amqp') {
    return account(of('RABBITMQ_DEFAULT_USER'), of('RABBITMQ_DEFAULT_PASS'), of('RABBITMQ_DEFAULT_VHOST'))
  }
  if (protocol === 'redis') return account(undefined, optionsIn(command)['requirepass'], undefined)
  if (protocol === 'nats') {
    const { user, pass } = optionsIn(command)
    return account(user, pass, undefined)
  }
  return {}
}

function account(user: string | undefined, password: string | undefined, database: string | undefined): ServiceAccount {
  return {
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
  }
}

/** Where a server keeps its data, and where it listens, are not its settings here. */
const ours =
  /^(?:port|bind|bind-address|dir|datadir|socket|requirepass|save|appendonly|config_file|hba_file|data_directory|listen_addresses|ssl.*)$/

function settingsIn(protocol: ServiceProtocol, command: readonly string[]): Record<string, string> {
  const found = protocol === 'postgres' ? postgresSettings(command) : takesOptions(protocol) ? optionsIn(command) : {}
  return Object.fromEntries(Object.entries(found).filter(([name]) => !ours.test(name)))
}

function takesOptions(protocol: ServiceProtocol): boolean {
  return protocol === 'redis' || protocol === 'mysql'
}

/** `-c name=value`, `-cname=value`, `--name=value`. */
function postgresSettings(command: readonly string[]): Record<string, string> {
  const text = command.join('\n')
  const pairs = [...text.matchAll(/(?:^|\n)(?:-c\n?|--)([\w.-]+)=([^\n]*)/g)]
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name.replaceAll('-', '_'), value]))
}

/** `--name value` and `--name=value`. */
function optionsIn(command: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [index, word] of command.entries()) {
    const [, name, inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? []
    const next = command[index + 1]
    const value = inline ?? (next === undefined || next.startsWith('--') ? undefined : next)
    if (name !== undefined && value !== undefined) found[name] = value
  }
  return found
}
