import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { realNow } from '../../core/real-clock.ts'
import { releasePorts } from '../claim-port.ts'
import { isAlive, type KeptServer, readPart } from './lease-files.ts'

const patienceMs = 5_000

/** Ends the servers of a generation, the last one first, and whatever they have started. */
export async function endServers(generation: string): Promise<void> {
  const servers = (readPart(generation, 'servers.json') ?? []).toReversed()
  for (const server of servers) if (isAlive(server)) signal(server.pid, server.stopSignal)
  const giveUpAt = realNow() + patienceMs
  while (servers.some((server) => isAlive(server)) && realNow() < giveUpAt) await delay(5)
  for (const server of servers) endGroup(server)
  const spec = readPart(generation, 'spec.json')
  for (const [program = '', ...args] of spec?.afterwards ?? [])
    spawnSync(program, args, { stdio: 'ignore', timeout: 20_000, env: spec?.commands[0]?.env })
}

/** Removes all that a generation has left: data, ports, and its own folder at the end. */
export async function removeTraces(generation: string, ports: string): Promise<void> {
  const place = readPart(generation, 'place.json')
  if (place) await removeFolder(place.directory)
  releasePorts(ports, generation)
  await removeFolder(generation)
}

/** Somebody who was killed as well may still be writing for a moment. */
export async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 0; attempt < 20 && existsSync(folder); attempt++) {
    if (attempt > 0) await delay(20)
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Not empty again.
    }
  }
}

function endGroup(server: KeptServer): void {
  // The group is there as long as one of it is, and its id is not given away until then.
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
