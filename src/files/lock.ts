import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { MortarError } from '../core/errors.ts'
import { isProcessAlive } from './process-alive.ts'
import { pause as delay, realNow } from '../core/real-clock.ts'
import { writeFailed } from './write-whole.ts'

/** How long to wait for a lock, and after what time one is given up that nobody can be asked about; milliseconds. */
const patienceMs = 20_000
const abandonedMs = 10_000
/** The same for one that was made, but not written: its maker is gone, or writes it the next moment. */
const unwrittenMs = 500

let serial = 0

/**
 * Runs `work` while no other process or worker has the lock `file`. Blocks; `work` is synchronous so that it cannot
 * be interrupted by ourselves.
 *
 * @param file - A file that exists while the lock is held. It is taken over when the process that made it is gone.
 * @throws MortarError `MORTAR_WRITE_FAILED` when the lock cannot be had
 */
export function withLock<T>(file: string, work: () => T): T {
  const attempt = attempts(file)
  while (!attempt.succeeds()) pause(2 + Math.random() * 8)
  try {
    return work()
  } finally {
    attempt.release()
  }
}

/** The same for work that takes its time. Does not block. */
export async function withLockAsync<T>(file: string, work: () => Promise<T>): Promise<T> {
  const attempt = attempts(file)
  while (!attempt.succeeds()) await delay(2 + Math.random() * 8)
  try {
    return await work()
  } finally {
    attempt.release()
  }
}

interface Attempt {
  /** Tries once more. @throws MortarError `MORTAR_WRITE_FAILED` when patience is at its end */
  succeeds(): boolean
  release(): void
}

function attempts(file: string): Attempt {
  const owner = `${hostname()} ${process.pid} ${realNow()} ${serial++} ${Math.random()}`
  const giveUpAt = realNow() + patienceMs
  return {
    succeeds() {
      if (acquire(file, owner)) return true
      removeIfStale(file)
      if (realNow() <= giveUpAt) return false
      throw new MortarError('MORTAR_WRITE_FAILED', 'another process keeps this file locked', {
        where: file,
        hint: 'If no other Mortar is running, delete the lock file.',
      })
    },
    release() {
      if (read(file) === owner) rmSync(file, { force: true })
    },
  }
}

function acquire(file: string, owner: string): boolean {
  try {
    writeFileSync(file, owner, { flag: 'wx' })
    // Another one may have taken it for abandoned before it was written.
    return read(file) === owner
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'ENOENT') throw writeFailed(file, error)
  }
  try {
    mkdirSync(dirname(file), { recursive: true })
  } catch (error) {
    throw writeFailed(file, error)
  }
  return false
}

/** Removes the lock of a process that is gone: by renaming, so that of several who notice only one succeeds. */
function removeIfStale(file: string): void {
  const seen = read(file)
  if (seen === undefined || !isStale(file, seen)) return
  const aside = `${file}-${process.pid}-${serial++}`
  try {
    renameSync(file, aside)
    // Somebody may have taken it over between our look and our rename; then it is theirs, and goes back.
    if (read(aside) !== seen) linkSync(aside, file)
  } catch {
    // Another one was faster.
  }
  rmSync(aside, { force: true })
}

function isStale(file: string, content: string): boolean {
  const [host, pid, since] = content.split(' ')
  if (host === hostname() && since !== undefined) return !isProcessAlive(Number(pid), Number(since))
  try {
    return realNow() - statSync(file).mtimeMs > (content === '' ? unwrittenMs : abandonedMs)
  } catch {
    return false
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
