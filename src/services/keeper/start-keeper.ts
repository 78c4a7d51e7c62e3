import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { extname, join } from 'node:path'
import { realNow } from '../../core/real-clock.ts'
import { MortarError } from '../../core/errors.ts'
import { writePart } from '../lease/lease-files.ts'

/**
 * Starts the keeper of a generation; it goes on when we end.
 *
 * @throws MortarError `MORTAR_SERVICE_FAILED`
 */
export function startKeeper(lease: string, generation: string, ports: string): void {
  const main = join(import.meta.dirname, `main${extname(import.meta.filename)}`)
  // What the user's own node is told to load has no business there.
  const env = Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'NODE_COMPILE_CACHE'].flatMap((name) => [[name, process.env[name]]]),
  )
  const log = openSync(join(generation, 'keeper.log'), 'a')
  const child = spawn(process.execPath, [main, lease, generation, ports], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.on('error', () => {})
  child.unref()
  if (child.pid === undefined)
    throw new MortarError('MORTAR_SERVICE_FAILED', 'the keeper of a server cannot be started')
  writePart(generation, 'keeper.json', { pid: child.pid, since: realNow() })
}
