import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, statfsSync } from 'node:fs'
import { homedir, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { MortarError } from '../core/errors.ts'

/** Where things are kept on this machine; all are made when first needed. */
export interface Homes {
  /** Initialised clusters, for any project of this user. */
  readonly clusters: string
  /** What servers' programs say of their versions. */
  readonly versions: string
  /** Who uses which server now, on this machine. */
  readonly leases: string
  /** Ports that have been given out and may not be listened on yet. */
  readonly ports: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** The homes of this user: below `XDG_CACHE_HOME`, else `~/.cache`. */
export function homesOf(env: Environment): Homes {
  const cache = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'mortar')
  return {
    clusters: join(cache, 'clusters'),
    versions: join(cache, 'versions'),
    // A home may be shared by several machines, and the ids of their processes mean nothing to each other.
    leases: join(cache, 'leases', hostname().replaceAll(/[^\w.-]/g, '-')),
    ports: join(tmpdir(), `mortar-ports-${process.getuid?.() ?? 'all'}`),
  }
}

/** Less than this, and memory is not the place for a database. */
const roomBytes = 600_000_000

/** A name for a new folder of a server: in memory where there is enough of it, else among the temporary files. */
export function newDirectoryName(memory = '/dev/shm'): string {
  const name = `mortar-${randomBytes(6).toString('hex')}`
  return join(hasRoom(memory) ? memory : tmpdir(), name)
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize > roomBytes
  } catch {
    return false
  }
}

/**
 * Makes a folder for us alone.
 *
 * @throws MortarError `MORTAR_WRITE_FAILED` when it cannot be made, or is another user's
 */
export function ownFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid } = lstatSync(folder)
    const self = process.getuid?.()
    if (self === undefined || uid === self) return
  } catch (cause) {
    throw new MortarError('MORTAR_WRITE_FAILED', `a folder cannot be made: ${(cause as Error).message}`, {
      where: folder,
      cause,
    })
  }
  throw new MortarError('MORTAR_WRITE_FAILED', 'a folder of ours belongs to another user', { where: folder })
}
