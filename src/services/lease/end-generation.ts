import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { pause, realNow } from '../../core/real-clock.ts'
import { isIdReused, isProcessEnding } from '../../files/process-alive.ts'
import { releasePorts } from '../claim-port.ts'
import { processesIn } from './processes-in.ts'
import { isAlive, type KeeperSpec, type KeptServer, readPart } from './lease-files.ts'

const patienceMs = 5_000

/** What a generation has started and made. */
export interface Belongings {
  readonly servers: readonly KeptServer[]
  readonly spec: KeeperSpec | undefined
  /** Folder of the data; `undefined` when none was named yet. */
  readonly directory: string | undefined
}

/** What its files say of it. */
export function belongingsOf(generation: string): Belongings {
  return {
    servers: readPart(generation, 'servers.json') ?? [],
    spec: readPart(generation, 'spec.json'),
    directory: readPart(generation, 'place.json')?.directory,
  }
}

/** Ends the servers of a generation, the last one first, and whatever they have started. */
export async function endServers({ servers: started, spec }: Belongings): Promise<void> {
  const servers = started.toReversed()
  for (const server of servers) if (isAlive(server)) signal(server.pid, server.stopSignal)
  await untilGone(servers)
  for (const server of servers) endGroup(server)
  await untilGone(servers)
  for (const [program = '', ...args] of spec?.afterwards ?? [])
    spawnSync(program, args, { stdio: 'ignore', timeout: 20_000, env: spec?.commands[0]?.env })
}

async function untilGone(servers: readonly KeptServer[]): Promise<void> {
  const isThere = (server: KeptServer): boolean => isAlive(server) || isProcessEnding(server.pid, server.since)
  const giveUpAt = realNow() + patienceMs
  while (servers.some((server) => isThere(server)) && realNow() < giveUpAt) await pause(5)
}

/**
 * Removes all that a generation has left: data, ports, and its own folder at the end. Where the data cannot be removed
 * the folder stays, so that somebody tries again.
 */
export async function removeTraces(generation: string, { directory }: Belongings, ports: string): Promise<void> {
  if (directory !== undefined) {
    await endStragglers(directory)
    if (!(await removeFolder(directory))) return
  }
  releasePorts(ports, generation)
  await removeFolder(generation)
}

const stragglersMs = 2_000

/**
 * Who was killed while it prepared data has left programs that notice and end. They must not find their folder gone
 * before: a PostgreSQL that panics leaves its shared memory behind.
 */
async function endStragglers(directory: string): Promise<void> {
  const giveUpAt = realNow() + stragglersMs
  while (processesIn(directory).length > 0 && realNow() < giveUpAt) await pause(10)
  for (const pid of processesIn(directory)) signal(pid, 'SIGKILL')
}

/** Somebody who was killed as well may still be writing for a moment. @returns Whether it is gone */
async function removeFolder(folder: string): Promise<boolean> {
  for (let attempt = 0; attempt < 20 && existsSync(folder); attempt++) {
    if (attempt > 0) await pause(20)
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Not empty again.
    }
  }
  return !existsSync(folder)
}

function endGroup(server: KeptServer): void {
  // The group is there as long as one of it is, and its id is not given away until then; but of what ran before the
  // machine was started again, nothing is there, and the id may be anybody's.
  if (isIdReused(server.pid, server.since)) return
  if (isAlive(server)) signal(server.pid, 'SIGKILL')
  signal(-server.pid, 'SIGKILL')
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone.
  }
}
