import { appendFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LaunchPlace, ServerDriver } from '../driver.ts'
import { postgresHandshake } from '../handshake/postgres.ts'
import type { ServiceRequest } from '../service-request.ts'
import { serviceUrl } from '../service-url.ts'
import { versionIn } from '../version.ts'

/** Safe only for data that nobody will miss: nothing is ever waited for to be on the disk. */
const fast: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '128MB',
  // Segments in the server's own folder; those of the system would outlive a killed server.
  dynamic_shared_memory_type: 'mmap',
  unix_socket_directories: '',
  listen_addresses: '127.0.0.1',
}

const initdbOptions = ['-A', 'trust', '-N', '-E', 'UTF8', '--locale=C', '--no-instructions']

/** PostgreSQL by `initdb` and `postgres`. */
export const postgresDriver: ServerDriver = {
  protocol: 'postgres',
  title: 'PostgreSQL',
  debianPackage: 'postgresql',
  programs: ['postgres'],
  folders: [
    '/usr/lib/postgresql/*/bin',
    '/usr/pgsql-*/bin',
    '/opt/homebrew/opt/postgresql@*/bin',
    '/usr/local/pgsql/bin',
  ],
  variable: 'DATABASE_URL',
  refusesRoot: true,
  stopSignal: 'SIGQUIT',
  startTimeoutMs: 30_000,
  versionArguments: ['--version'],
  versionOf: (output) => versionIn(output) ?? /\b\d+(?=devel|beta|rc)/.exec(output)?.[0],
  preparationKey: ({ request }) => [initdbOptions, userOf(request), databaseOf(request)],
  prepare,
  commands: async ({ program, data, request }, port) => {
    const settings = { ...fast, ...request.settings, port: String(port) }
    return [
      {
        program,
        args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      },
    ]
  },
  handshake: (request) => postgresHandshake(userOf(request), databaseOf(request)),
  url: (request, host, port) =>
    serviceUrl('postgres', { ...request.account, user: userOf(request), database: databaseOf(request) }, host, port),
  container: {
    repositories: ['postgres', 'postgis/postgis', 'timescale/timescaledb', 'pgvector/pgvector', 'bitnami/postgresql'],
    tag: 'latest',
    port: 5432,
    env: (request) => ({
      POSTGRES_USER: userOf(request),
      POSTGRES_DB: databaseOf(request),
      POSTGRES_HOST_AUTH_METHOD: 'trust',
    }),
    args: ({ settings }) =>
      Object.entries({ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', ...settings }).flatMap(
        ([name, value]) => ['-c', `${name}=${value}`],
      ),
  },
}

async function prepare({ program, data, request, run }: LaunchPlace): Promise<void> {
  const folder = dirname(program)
  await run(join(folder, 'initdb'), [...initdbOptions, '-U', userOf(request), '-D', data])
  // What a person would change by hand must not differ from machine to machine.
  appendFileSync(join(data, 'postgresql.conf'), "\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n")
  const database = databaseOf(request)
  if (database === 'postgres') return
  const create = `CREATE DATABASE "${database.replaceAll('"', '""')}"\n`
  await run(program, ['--single', '-F', '-D', data, 'template1'], { input: create })
}

function userOf({ account }: ServiceRequest): string {
  return account.user ?? 'postgres'
}

function databaseOf({ account }: ServiceRequest): string {
  return account.database ?? account.user ?? 'postgres'
}
