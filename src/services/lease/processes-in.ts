import { readdirSync, readlinkSync } from 'node:fs'

/** Ids of the processes that work in a folder or below it, as far as the system tells, which Linux does. */
export function processesIn(folder: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const at = readlinkSync(`/proc/${name}/cwd`)
      return at === folder || at.startsWith(`${folder}/`) ? [Number(name)] : []
    } catch {
      // Gone, or not ours.
      return []
    }
  })
}
