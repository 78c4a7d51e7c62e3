import { spawnSync } from 'node:child_process'

const commands = {
  postgres: 'ls /usr/lib/postgresql/*/bin/postgres',
  mariadb: 'command -v mariadbd || ls /usr/sbin/mariadbd',
  redis: 'command -v redis-server',
  nats: 'command -v nats-server',
  rabbitmq: 'command -v rabbitmq-server || ls /usr/lib/rabbitmq/bin/rabbitmq-server',
}

/** Whether one of these servers is not installed; says which, and what is skipped for that. */
export function missing(what: string, ...names: readonly (keyof typeof commands)[]): boolean {
  const absent = names.filter((name) => spawnSync('sh', ['-c', commands[name]]).status !== 0)
  if (absent.length > 0) console.warn(`SKIPPED: ${what}, because there is no ${absent.join(', ')}`)
  return absent.length > 0
}
