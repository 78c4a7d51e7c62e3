import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LaunchPlace, ServerDriver } from '../driver.ts'
import { mysqlHandshake } from '../handshake/mysql.ts'
import type { ServiceRequest } from '../service-request.ts'
import { serviceUrl } from '../service-url.ts'
import { versionIn } from '../version.ts'

/** The log is small so that there is little to copy for a start. */
const logSize = '--innodb-log-file-size=8M'

/** MariaDB by `mariadb-install-db` and `mariadbd`. */
export const mysqlDriver: ServerDriver = {
  protocol: 'mysql',
  title: 'MariaDB',
  debianPackage: 'mariadb-server',
  programs: ['mariadbd'],
  folders: ['/usr/sbin', '/usr/libexec', '/usr/local/sbin', '/opt/homebrew/opt/mariadb*/bin'],
  variable: 'DATABASE_URL',
  stopSignal: 'SIGKILL',
  startTimeoutMs: 60_000,
  versionArguments: ['--version'],
  versionOf: versionIn,
  preparationKey: () => [logSize],
  prepare,
  async commands({ program, data, directory, user, request }, port) {
    const start = join(directory, 'start.sql')
    writeFileSync(start, startSql(request))
    const own = [
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${directory}`,
      `--init-file=${start}`,
      `--user=${user?.name ?? 'root'}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(directory, 'socket')}`,
      `--pid-file=${join(directory, 'pid')}`,
      '--skip-name-resolve',
      logSize,
    ]
    const settings = {
      innodb_flush_log_at_trx_commit: '0',
      innodb_doublewrite: '0',
      innodb_buffer_pool_size: '128M',
      sync_binlog: '0',
      performance_schema: 'OFF',
      ...request.settings,
      port: String(port),
    }
    return [{ program, args: [...own, ...options(settings)] }]
  },
  handshake: () => mysqlHandshake,
  url: (request, host, port) => serviceUrl('mysql', accountOf(request), host, port),
  container: {
    repositories: ['mariadb', 'mysql', 'percona', 'bitnami/mariadb', 'bitnami/mysql'],
    tag: 'latest',
    port: 3306,
    env({ account: { user, password, database } }) {
      const named = user !== undefined && user !== 'root'
      return {
        ...(password && !named ? { MYSQL_ROOT_PASSWORD: password } : { MYSQL_ALLOW_EMPTY_PASSWORD: '1' }),
        MYSQL_DATABASE: database ?? 'test',
        ...(named && { MYSQL_USER: user, MYSQL_PASSWORD: password ?? '' }),
      }
    },
    args: ({ settings }) => options(settings),
  },
}

function options(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name.replaceAll('_', '-')}=${value}`)
}

async function prepare({ program, data, user, run }: LaunchPlace): Promise<void> {
  const install = join(dirname(program), '../bin/mariadb-install-db')
  await run(install, [
    '--no-defaults',
    `--datadir=${data}`,
    `--user=${user?.name ?? 'root'}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
    logSize,
  ])
}

function accountOf({ account }: ServiceRequest): ServiceRequest['account'] {
  return { ...account, user: account.user ?? 'root', database: account.database ?? 'test' }
}

/** The server runs each line of the file as one statement before it takes connections. */
function startSql(request: ServiceRequest): string {
  const { user = '', password = '', database = '' } = accountOf(request)
  const schema = `\`${database.replaceAll('`', '``')}\``
  const who = `${text(user)}@'%'`
  const lines = [`CREATE DATABASE IF NOT EXISTS ${schema};`]
  if (user !== 'root') {
    lines.push(`CREATE OR REPLACE USER ${who} IDENTIFIED BY ${text(password)};`, `GRANT ALL ON *.* TO ${who};`)
  } else if (password !== '') {
    for (const host of ['localhost', '127.0.0.1', '::1'])
      lines.push(
        `CREATE OR REPLACE USER root@'${host}' IDENTIFIED BY ${text(password)};`,
        `GRANT ALL ON *.* TO root@'${host}' WITH GRANT OPTION;`,
      )
  }
  return `${lines.join('\n')}\n`
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
