import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LaunchPlace, ServerCommand } from '../driver.ts'
import { accountOf, definitionsOf } from './definitions.ts'

/** The boot script among the prepared data, without its ending; without it, RabbitMQ is started as usual. */
export const bootScript = 'start'
/** The name may be the same for all: no other Erlang is told of it. */
const node = 'mortar@localhost'

/** RabbitMQ with everything its own, and what it has to have beside it. */
export async function serverCommands(place: LaunchPlace, port: number): Promise<readonly ServerCommand[]> {
  const { program, directory, data, claimPort } = place
  writeCookie(place)
  const env = { ...surroundings(directory), ...configuration(place, port) }
  if (existsSync(join(data, `${bootScript}.boot`))) return [quickly(place, env)]
  const mapperPort = await claimPort()
  const mapper = { ERL_EPMD_PORT: String(mapperPort), ERL_EPMD_ADDRESS: '127.0.0.1' }
  const own = {
    RABBITMQ_DIST_PORT: String(await claimPort()),
    // Whoever reaches the port of the distribution and knows the cookie may run anything.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  }
  return [
    // Started by us and not by Erlang, which would let it go its own way.
    { program: 'epmd', args: ['-port', String(mapperPort)], env: mapper },
    { program, args: [], env: { ...env, ...mapper, ...own } },
  ]
}

/**
 * With our boot script, and with a name from the beginning: RabbitMQ would start another Erlang to see to the port
 * mapper before it takes one, as it does each minute. As no other Erlang has to find it, it listens for none, and
 * neither it nor those that it starts need a port mapper.
 */
function quickly({ program, directory }: LaunchPlace, env: Readonly<Record<string, string>>): ServerCommand {
  const file = join(directory, 'script.conf')
  // In place of the name that RabbitMQ's own script has for it; from the folder of the server.
  writeFileSync(file, `SASL_BOOT_FILE=data/${bootScript}\n`)
  return {
    program,
    args: ['-sname', node],
    env: {
      ...env,
      RABBITMQ_CONF_ENV_FILE: file,
      ERL_AFLAGS: '-dist_listen false -start_epmd false -erl_epmd_port 1',
    },
  }
}

/** Where everything is; nothing of what the machine has for a RabbitMQ of its own is read. */
function surroundings(directory: string): Record<string, string> {
  const plugins = join(directory, 'plugins')
  mkdirSync(join(directory, 'log'), { recursive: true })
  writeFileSync(plugins, '[].\n')
  return {
    RABBITMQ_NODENAME: node,
    RABBITMQ_CONFIG_FILES: '/dev/null',
    RABBITMQ_ADVANCED_CONFIG_FILE: '/dev/null',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_MNESIA_BASE: join(directory, 'data'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    // Others have work for the processors too; a part of it that is bound to one would wait for just that one.
    RABBITMQ_SCHEDULER_BIND_TYPE: 'u',
    // Makes the script become the server in place of waiting for it, so that its id is the one we know.
    RUNNING_UNDER_SYSTEMD: '1',
  }
}

/** Its configuration: in a file, which RabbitMQ takes a while to read, unless all that matters is in its data. */
function configuration({ directory, data, request }: LaunchPlace, port: number): Record<string, string> {
  const config = join(directory, 'rabbitmq.conf')
  if (existsSync(join(data, node))) {
    return {
      RABBITMQ_CONFIG_FILE: '/dev/null',
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_LOGS: '-',
      RABBITMQ_LOG: 'warning',
    }
  }
  const definitions = join(directory, 'definitions.json')
  writeFileSync(definitions, JSON.stringify(definitionsOf(request)))
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
    load_definitions: definitions,
    ...request.settings,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
  writeFileSync(config, lines.join(''))
  return { RABBITMQ_CONFIG_FILE: config }
}

/** Writes the secret of the node to where Erlang looks for it: an argument would be seen by everybody. */
function writeCookie({ directory, user }: LaunchPlace): void {
  const file = join(directory, '.erlang.cookie')
  writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  if (user) chownSync(file, user.uid, user.gid)
}
