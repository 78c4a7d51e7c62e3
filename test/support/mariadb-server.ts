import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installed, type ServerProcess, startServer } from './server-process.ts'

const install = installed('mariadb-install-db')
const daemon = installed('mariadbd')

/** Whether MariaDB is on this machine; where it is not, it has been said. */
export const mariadbInstalled: boolean = install !== undefined && daemon !== undefined

const log = '--innodb-log-file-size=8M'

/**
 * Starts a MariaDB in which `root` needs no password and a schema `shop` is there.
 *
 * @param settings - More options of the server.
 */
export async function startMariadb(settings: readonly string[] = []): Promise<ServerProcess> {
  const memory = '/dev/shm'
  const made = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'mortar-mariadb-'))
  const user = `--user=${process.getuid?.() === 0 ? 'root' : (process.env['USER'] ?? 'mysql')}`
  const auth = '--auth-root-authentication-method=normal'
  // Each in its own folder: a server that starts removes the temporary tables of all that share one with it.
  const own = ['--no-defaults', `--datadir=${made}`, `--tmpdir=${made}`]
  execFileSync(install!, [...own, user, auth, '--skip-test-db', log], { stdio: 'ignore' })
  const server = await startServer(daemon!, (port, folder) => {
    cpSync(made, folder, { recursive: true })
    return [
      '--no-defaults',
      `--datadir=${folder}`,
      `--tmpdir=${folder}`,
      user,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 's')}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-doublewrite=0',
      '--innodb-buffer-pool-size=32M',
      log,
      ...settings,
    ]
  })
  rmSync(made, { recursive: true, force: true })
  return server
}
