import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ServerDriver } from '../driver.ts'
import { amqpHandshake } from '../handshake/amqp.ts'
import { accountOf } from '../rabbitmq-start/definitions.ts'
import { preparationKey, prepareRabbitmq } from '../rabbitmq-start/prepare.ts'
import { serverCommands } from '../rabbitmq-start/server-commands.ts'
import { serviceUrl } from '../service-url.ts'

/** RabbitMQ by its own script, which makes Erlang of itself. */
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
  preparationKey,
  prepare: prepareRabbitmq,
  commands: serverCommands,
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
