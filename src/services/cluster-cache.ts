import { createHash } from 'node:crypto'
import { existsSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isProcessAlive } from '../files/process-alive.ts'
import { realNow } from '../core/real-clock.ts'
import type { LaunchPlace, ServerDriver } from './driver.ts'
import { ownFolder } from './homes.ts'
import { runProgram } from './run-program.ts'

/** Whether the data of a server came from the cache. */
export type DataOrigin = 'cached' | 'prepared' | 'none'

/**
 * Fills the data folder of a server: a copy of one that was prepared before by the same version with the same options,
 * else prepared now and kept for the next time.
 *
 * @throws MortarError as {@link runProgram}
 */
export async function fillData(driver: ServerDriver, place: LaunchPlace, clusters: string): Promise<DataOrigin> {
  if (!driver.prepare) return 'none'
  const cached = join(clusters, cacheName(driver, place))
  if (existsSync(cached) && (await copyFolder(cached, place.data))) {
    const now = realNow() / 1000
    utimesSync(cached, now, now)
    return 'cached'
  }
  rmSync(place.data, { recursive: true, force: true })
  await driver.prepare(place)
  await keep(place.data, cached, clusters)
  return 'prepared'
}

function cacheName(driver: ServerDriver, place: LaunchPlace): string {
  const { version, program, user } = place
  const depends = [program, driver.preparationKey?.(place) ?? null, user?.uid ?? null, process.arch]
  const hash = createHash('sha256').update(JSON.stringify(depends)).digest('hex').slice(0, 12)
  return `${driver.protocol}-${version || 'unknown'}-${hash}`
}

/** Where it cannot be kept, the next start prepares again; that is slow and nothing worse. */
async function keep(data: string, cached: string, clusters: string): Promise<void> {
  const half = `${cached}.${process.pid}.${realNow()}.half`
  try {
    ownFolder(clusters)
    sweepHalves(clusters)
    if (await copyFolder(data, half)) renameSync(half, cached)
  } catch {
    // Another process was faster, or there is no space.
  }
  rmSync(half, { recursive: true, force: true })
}

/**
 * By `cp`, which keeps owners and is as fast as the disk. It works where it writes, so that it is found there when we
 * are killed. @returns Whether the copy is whole.
 */
async function copyFolder(from: string, to: string): Promise<boolean> {
  try {
    await runProgram('cp', ['-a', from, to], {
      cwd: dirname(to),
      env: { PATH: process.env['PATH'] },
      timeoutMs: 60_000,
    })
    return true
  } catch {
    return false
  }
}

function sweepHalves(clusters: string): void {
  for (const name of readdirSync(clusters)) {
    const [, pid, since] = /\.(\d+)\.(\d+)\.half$/.exec(name) ?? []
    if (pid !== undefined && !isProcessAlive(Number(pid), Number(since)))
      rmSync(join(clusters, name), { recursive: true, force: true })
  }
}
