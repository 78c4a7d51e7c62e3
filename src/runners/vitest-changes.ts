import { realSetInterval } from '../core/real-clock.ts'
import { readChanged, tellRenewed } from '../run/matrix/plan-file.ts'

/** The part of vitest that forgets what it has made of a file; public since vitest 3. */
export interface VitestCaches {
  invalidateFile(path: string): void
}

/** How often it is looked, milliseconds. */
const lookEveryMs = 50

/** Who follows changes already: each project of a workspace has a plugin of its own. */
const followed = new WeakSet<VitestCaches>()

/** Has vitest forget what it has made of files that are told to have changed while its workers wait. */
export function followChanges(vitest: VitestCaches, planFile: string): void {
  if (followed.has(vitest)) return
  followed.add(vitest)
  let next = 1
  const look = (): void => {
    for (let paths; (paths = readChanged(planFile, next)); next++) {
      for (const path of paths) vitest.invalidateFile(path)
      tellRenewed(planFile, next)
    }
  }
  realSetInterval(look, lookEveryMs).unref()
}
