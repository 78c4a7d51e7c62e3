import { rmdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { realNow } from '../../core/real-clock.ts'
import { withLock } from '../../files/lock.ts'
import { belongingsOf, endServers, removeTraces } from './end-generation.ts'
import { isAlive, lockOf, names, readPart, readState, removeState } from './lease-files.ts'

/** A generation that has no keeper yet is left alone for this long. */
const youngMs = 5_000

/** Ends and removes what keepers that were killed have left behind. */
export async function sweepLeases(leases: string, ports: string): Promise<void> {
  for (const name of names(leases)) {
    const lease = join(leases, name)
    for (const entry of names(lease).filter((part) => part.startsWith('g-'))) {
      const generation = join(lease, entry)
      if (isAlive(readPart(generation, 'keeper.json')) || isYoung(generation)) continue
      withLock(lockOf(lease), () => {
        if (readState(lease)?.generation === generation) removeState(lease)
      })
      const belongings = belongingsOf(generation)
      await endServers(belongings)
      await removeTraces(generation, belongings, ports)
    }
    try {
      rmdirSync(lease)
    } catch {
      // In use.
    }
  }
}

function isYoung(generation: string): boolean {
  if (readPart(generation, 'keeper.json')) return false
  try {
    return realNow() - statSync(generation).mtimeMs < youngMs
  } catch {
    return false
  }
}
