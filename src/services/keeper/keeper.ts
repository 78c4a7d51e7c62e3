import { spawn } from 'node:child_process'
import { closeSync, openSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { realNow } from '../../core/real-clock.ts'
import { withLock } from '../../files/lock.ts'
import { type Belongings, belongingsOf, endServers, removeTraces } from '../lease/end-generation.ts'
import {
  hasHolders,
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

const watchEveryMs = 50
const specEveryMs = 3

/**
 * Owns the servers of one generation of a lease: starts them when it is told what, ends them when no living process
 * holds the lease any more, and leaves nothing behind. Runs as a process of its own.
 */
export async function keep(lease: string, generation: string, ports: string): Promise<void> {
  writePart(generation, 'keeper.json', ownMark())
  const servers: KeptServer[] = []
  let started: KeeperSpec | undefined
  // In memory, so that it goes away also when somebody has cleared the cache with our files.
  const { directory } = belongingsOf(generation)
  const belongings = (): Belongings => ({ servers, spec: started, directory })
  let broken = false
  for (;;) {
    const spec = started ? undefined : readPart(generation, 'spec.json')
    if (spec) {
      started = spec
      const log = openSync(join(generation, 'log'), 'a')
      for (const command of spec.commands) start(command, log)
      closeSync(log)
    }
    if (!isHeld()) break
    await delay(started ? watchEveryMs : specEveryMs)
  }
  await endServers(belongings())
  await removeTraces(generation, belongings(), ports)
  removeIfEmpty()

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

  /** Under the lock, which is in the folder itself and goes with it. */
  function removeIfEmpty(): void {
    withLock(lockOf(lease), () => {
      if (readState(lease) !== undefined) return
      rmSync(lockOf(lease), { force: true })
      try {
        rmdirSync(lease)
      } catch {
        // Somebody has begun to use it.
      }
    })
  }
}
