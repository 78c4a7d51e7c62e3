import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

/** A PostgreSQL server of the machine, with its data in a temporary folder. */
export interface PostgresServer {
  readonly port: number
  readonly user: string
  /** Runs statements by psql; returns unaligned rows. */
  sql(text: string, database?: string): string
  stop(): Promise<void>
}

const binaries = globSync('/usr/lib/postgresql/*/bin').sort().at(-1)

/** Folder of the server's programs; `undefined` where PostgreSQL is not installed, which tests must say loudly. */
export const postgresBinaries: string | undefined = binaries
if (!binaries) console.warn('SKIPPED: PostgreSQL is not installed (Debian: apt-get install postgresql)')

/**
 * Starts a server that trusts everybody on loopback.
 *
 * @param settings - `name=value`; files are looked for in the data folder.
 * @param files - More files of the data folder, by name.
 */
export async function startPostgres(
  settings: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const bin = binaries!
  const identity = ownIdentity()
  const memory = '/dev/shm'
  const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'mortar-postgres-'))
  if (identity) chownSync(folder, identity.uid, identity.gid)
  const data = join(folder, 'data')
  const env = { ...process.env, LC_ALL: 'C', HOME: folder }
  const run = { ...identity, env, cwd: folder }
  execFileSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '-N', '-E', 'UTF8', '--locale=C'], {
    ...run,
    stdio: 'ignore',
  })
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(data, name), content, { mode: 0o600 })
    if (identity) chownSync(join(data, name), identity.uid, identity.gid)
  }
  const port = await freePort()
  const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'shared_buffers=64MB', ...settings]
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', `${port}`, '-k', folder, '-h', '127.0.0.1', ...fast.flatMap((setting) => ['-c', setting])],
    { ...run, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await ready(server).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })
  return {
    port,
    user: 'postgres',
    sql: (text, database = 'postgres') =>
      execFileSync(
        join(bin, 'psql'),
        ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database],
        { env, input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] },
      ).trim(),
    async stop() {
      const gone = new Promise((resolve) => server.once('exit', resolve))
      // Immediate: nothing here is worth a checkpoint.
      if (server.exitCode === null && server.kill('SIGQUIT')) await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root; Debian's package has made a user for it. */
function ownIdentity(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [, , uid, gid] = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('postgres:'))!
    .split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr!.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000)
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${said}`)))
  })
}
