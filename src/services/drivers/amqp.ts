import { createHash, randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LaunchPlace, ServerCommand, ServerDriver } from '../driver.ts'
import { amqpHandshake } from '../handshake/amqp.ts'
import type { ServiceRequest } from '../service-request.ts'
import { serviceUrl } from '../service-url.ts'
import { pooledVhost, vhostPoolSize } from '../vhost-pool.ts'

/** RabbitMQ with everything its own: port mapper, node name, cookie, database. */
export const amqpDriver: ServerDriver = {
  protocol: 'amqp',
  title: 'RabbitMQ',
  debianPackage: 'rabbitmq-server',
  programs: ['rabbitmq-server'],
  // Debian's wrapper on PATH insists on another user.
  foldersFirst: true,
  folders: ['/usr/lib/rabbitmq/bin', '/opt/homebrew/opt/rabbitmq/sbin', '/usr/local/opt/rabbitmq/sbin'],
  variable: 'AMQP_URL',
  stopSignal: 'SIGKILL',
  startTimeoutMs: 90_000,
  // Asking rabbitmqctl would take a second; the folder of the libraries has the version in its name.
  versionArguments: undefined,
  versionOf: (_, program) => libraryVersion(program),
  commands: async (place, port) => {
    const { program, directory, request, claimPort } = place
    writeCookie(place)
    const mapperPort = await claimPort()
    const mapper = { ERL_EPMD_PORT: String(mapperPort), ERL_EPMD_ADDRESS: '127.0.0.1' }
    const server: ServerCommand = {
      program,
      args: [],
      env: { ...mapper, ...files(directory, request, port), RABBITMQ_DIST_PORT: String(await claimPort()) },
    }
    // Started by us and not by Erlang, which would let it go its own way.
    return [{ program: 'epmd', args: ['-port', String(mapperPort)], env: mapper }, server]
  },
  handshake: () => amqpHandshake,
  url: (request, host, port) => serviceUrl('amqp', accountOf(request), host, port),
  container: {
    repositories: ['rabbitmq', 'bitnami/rabbitmq'],
    tag: 'latest',
    port: 5672,
    env(request) {
      const { user = '', password = '', database } = accountOf(request)
      return {
        RABBITMQ_DEFAULT_USER: user,
        RABBITMQ_DEFAULT_PASS: password,
        ...(database !== undefined && { RABBITMQ_DEFAULT_VHOST: database }),
      }
    },
    args: () => [],
  },
}

function accountOf({ account }: ServiceRequest): ServiceRequest['account'] {
  return { ...account, user: account.user ?? 'guest', password: account.password ?? 'guest' }
}

/** Writes its configuration. @returns The variables that lead to it. */
function files(directory: string, request: ServiceRequest, port: number): Record<string, string> {
  const { user, password, database } = accountOf(request)
  const settings = {
    'listeners.tcp.1': `127.0.0.1:${port}`,
    'log.console': 'true',
    'log.console.level': 'warning',
    'log.file': 'false',
    default_user: user,
    default_pass: password,
    'default_user_tags.administrator': 'true',
    ...(database !== undefined && { default_vhost: database }),
    // There is room enough, or there is not; a broker that stops to take messages would only puzzle.
    'disk_free_limit.absolute': '50MB',
    // Whoever loads definitions of their own has no pool.
    load_definitions: join(directory, 'definitions.json'),
    ...request.settings,
  }
  const config = join(directory, 'rabbitmq.conf')
  const plugins = join(directory, 'plugins')
  mkdirSync(join(directory, 'log'), { recursive: true })
  writeFileSync(
    config,
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  )
  writeFileSync(plugins, '[].\n')
  writeFileSync(join(directory, 'definitions.json'), JSON.stringify(definitions(request)))
  return {
    // The name may be the same for all, since each has a port mapper of its own.
    RABBITMQ_NODENAME: 'mortar@localhost',
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_MNESIA_BASE: join(directory, 'data'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    // Whoever reaches the port of the distribution and knows the cookie may run anything.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // Makes the script become the server in place of waiting for it, so that its id is the one we know.
    RUNNING_UNDER_SYSTEMD: '1',
  }
}

/** The secret of the node, in the file where Erlang looks for it: an argument would be seen by everybody. */
function writeCookie({ directory, user }: LaunchPlace): void {
  const file = join(directory, '.erlang.cookie')
  writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  if (user) chownSync(file, user.uid, user.gid)
}

/** The account and the virtual hosts: made at the start, they take no time; later each takes a second of Erlang. */
function definitions(request: ServiceRequest): object {
  const { user = '', password = '', database = '/' } = accountOf(request)
  const vhosts = [database, ...Array.from({ length: vhostPoolSize }, (_, i) => pooledVhost(i + 1))]
  const salt = randomBytes(4)
  const digest = createHash('sha256')
    .update(Buffer.concat([salt, Buffer.from(password)]))
    .digest()
  const account = {
    name: user,
    password_hash: Buffer.concat([salt, digest]).toString('base64'),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
    tags: 'administrator',
  }
  const everything = { configure: '.*', write: '.*', read: '.*' }
  return {
    users: [account],
    vhosts: vhosts.map((name) => ({ name })),
    permissions: vhosts.map((vhost) => ({ user, vhost, ...everything })),
  }
}

function libraryVersion(program: string): string | undefined {
  for (const folder of [join(dirname(program), '../lib'), join(dirname(program), '..')]) {
    try {
      const names = [folder, ...readdirSync(folder)].join('\n')
      const version = /rabbitmq_server-(\d+\.\d+\.\d+)/.exec(names)?.[1]
      if (version !== undefined) return version
    } catch {
      // Another layout.
    }
  }
  return undefined
}
