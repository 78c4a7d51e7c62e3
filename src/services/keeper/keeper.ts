import { spawn } from 'node:child_process'
import { closeSync, existsSync, type FSWatcher, openSync, watch } from 'node:fs'
import { join } from 'node:path'
import { realNow } from '../../core/real-clock.ts'
import { withLock } from '../../files/lock.ts'
import { type Belongings, belongingsOf, endServers, removeTraces } from '../lease/end-generation.ts'
import {
  hasHolders,
  isAlive,
  type KeeperSpec,
  type KeptCommand,
  type KeptServer,
  lockOf,
  ownMark,
  readPart,
  readState,
  removeState,
  writePart,
} from '../lease/lease-files.ts'
import { sweepLease } from '../lease/sweep.ts'

/** Who lets go of the lease is noticed at once where the system tells, and who was killed after that time. */
const watchEveryMs = 250
const unwatchedEveryMs = 50
const specEveryMs = 3

/**
 * Owns the servers of one generation of a lease: starts them when it is told what, ends them when no living process
 * holds the lease any more, and leaves nothing behind, of others who were killed neither. Runs as a process of its
 * own.
 */
export async function keep(lease: string, generation: string, ports: string): Promise<void> {
  if (existsSync(generation) && takeOver(lease, generation)) await keepGeneration(lease, generation, ports)
  await sweepLease(lease, ports)
}

/** Makes us the owner, unless the one who started us was killed and somebody clears up already. */
function takeOver(lease: string, generation: string): boolean {
  return withLock(lockOf(lease), () => {
    const owner = readPart(generation, 'keeper.json')
    if (!existsSync(generation) || (owner?.pid !== process.pid && isAlive(owner))) return false
    writePart(generation, 'keeper.json', ownMark())
    return true
  })
}

async function keepGeneration(lease: string, generation: string, ports: string): Promise<void> {
  const servers: KeptServer[] = []
  let started: KeeperSpec | undefined
  // In memory, so that it goes away also when somebody has cleared the cache with our files.
  const { directory } = belongingsOf(generation)
  const belongings = (): Belongings => ({ servers, spec: started, directory })
  let broken = false
  let wake = (): void => {}
  const watcher = watchFolder(join(generation, 'holders'), () => wake())
  // Asked first, so that nothing is started for somebody who was killed before we came.
  while (isHeld()) {
    const spec = started ? undefined : readPart(generation, 'spec.json')
    if (spec) {
      started = spec
      const log = openSync(join(generation, 'log'), 'a')
      for (const command of spec.commands) start(command, log)
      closeSync(log)
    }
    const longestMs = watcher ? watchEveryMs : unwatchedEveryMs
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, started ? longestMs : specEveryMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
  watcher?.close()
  await endServers(belongings())
  await removeTraces(generation, belongings(), ports)

  function start(command: KeptCommand, log: number): void {
    const { title, program, args, env, cwd, uid, gid, stopSignal } = command
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', log, log],
      detached: true,
      ...(uid !== undefined && { uid, gid }),
    })
    child.once('error', ({ message }) => void ended(title, message))
    child.once('exit', (code, signal) => void ended(title, signal ?? `exit code ${code}`))
    if (child.pid === undefined) return
    servers.push({ pid: child.pid, since: realNow(), stopSignal })
    writePart(generation, 'servers.json', servers)
  }

  /** Whoever comes from now on starts anew; those who hold it may still want to read why it ended. */
  async function ended(title: string, how: string): Promise<void> {
    if (broken) return
    broken = true
    if (!hasHolders(generation)) return
    writePart(generation, 'ended.json', { title, how })
    withLock(lockOf(lease), () => {
      const state = readState(lease)
      if (state?.generation === generation && state.phase === 'ready') removeState(lease)
    })
    await endServers(belongings())
  }

  /** Decides under the lock, so that nobody takes hold of what is about to end. */
  function isHeld(): boolean {
    if (hasHolders(generation)) return true
    return withLock(lockOf(lease), () => {
      if (hasHolders(generation)) return true
      if (readState(lease)?.generation === generation) removeState(lease)
      return false
    })
  }
}

/** @returns `undefined` where the system has nobody to watch it. */
function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(folder, onChange).on('error', () => {})
  } catch {
    return undefined
  }
}
