import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** How many matrices leave what their processes printed and wrote. Nobody runs as many at a time. */
const keptMatrices = 10

const matrixName = /^\d{8}T\d{6}-\d+$/

/** Deletes the folders of all but the last matrices of a project. @param used - Names of others that are needed still. */
export function pruneFolders(projectDirectory: string, used: readonly string[] = []): void {
  const folder = join(projectDirectory, '.mortar', 'matrix')
  if (!existsSync(folder)) return
  const names = readdirSync(folder).filter((name) => matrixName.test(name))
  for (const name of names.toSorted().slice(0, -keptMatrices)) {
    if (used.includes(name)) continue
    rmSync(join(folder, name), { recursive: true, force: true })
  }
}
