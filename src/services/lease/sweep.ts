import { existsSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../../files/lock.ts'
import { belongingsOf, endServers, removeTraces } from './end-generation.ts'
import { isAlive, lockOf, names, ownMark, readPart, readState, removeState, writePart } from './lease-files.ts'

/** Ends and removes, of all services on this machine, what those who were killed have left behind. */
export async function sweepLeases(leases: string, ports: string): Promise<void> {
  for (const name of names(leases)) {
    try {
      await sweepLease(join(leases, name), ports)
    } catch {
      // What another service has left, and we cannot remove, is no reason not to start ours.
    }
  }
}

/** The same for one service; its folder goes too when nobody uses it. */
export async function sweepLease(lease: string, ports: string): Promise<void> {
  for (const generation of generationsOf(lease)) {
    if (!adopt(lease, generation)) continue
    const belongings = belongingsOf(generation)
    await endServers(belongings)
    await removeTraces(generation, belongings, ports)
  }
  if (existsSync(lease) && generationsOf(lease).length === 0) removeUnused(lease)
}

/**
 * Makes us the owner of a generation that has none, so that nobody else ends it at the same time, and a keeper that
 * is late finds that it has nothing to keep.
 */
function adopt(lease: string, generation: string): boolean {
  if (isAlive(readPart(generation, 'keeper.json'))) return false
  return withLock(lockOf(lease), () => {
    if (!existsSync(generation) || isAlive(readPart(generation, 'keeper.json'))) return false
    const state = readState(lease)
    if (state?.generation === generation) {
      if (state.phase === 'starting' && isAlive(state.starter)) return false
      removeState(lease)
    }
    writePart(generation, 'keeper.json', ownMark())
    return true
  })
}

/** Under the lock, which is in the folder itself and goes with it; halves of files were left by killed processes. */
function removeUnused(lease: string): void {
  withLock(lockOf(lease), () => {
    if (generationsOf(lease).length > 0) return
    for (const name of names(lease)) rmSync(join(lease, name), { force: true })
    try {
      rmdirSync(lease)
    } catch {
      // Somebody has begun to use it.
    }
  })
}

function generationsOf(lease: string): string[] {
  return names(lease).flatMap((name) => (name.startsWith('g-') ? [join(lease, name)] : []))
}
