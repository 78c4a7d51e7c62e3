import { fstatSync, readFileSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../../files/write-whole.ts'
import { projectFiles } from './project-files.ts'

/**
 * The files of a project but those that this or an earlier matrix was told to print into (`mortar matrix > out.txt`).
 * Such a file is known by its name and its inode: what is put in its place counts again.
 */
export function filesWithoutOutput(directory: string): readonly string[] {
  const files = projectFiles(directory)
  const list = join(directory, '.mortar', 'matrix', 'cache', 'outputs.json')
  const before = readOutputs(list)
  const streams = [1, 2].flatMap((fd) => statOf(() => fstatSync(fd)) ?? []).filter((stats) => stats.isFile())
  if (streams.length === 0 && Object.keys(before).length === 0) return files
  const found = files.flatMap((file): readonly (readonly [string, number])[] => {
    if (streams.length === 0 && !(file in before)) return []
    const stats = statOf(() => statSync(join(directory, file)))
    if (!stats) return []
    const isOutput = streams.some(({ dev, ino }) => dev === stats.dev && ino === stats.ino)
    return isOutput || before[file] === stats.ino ? [[file, stats.ino]] : []
  })
  const now = Object.fromEntries(found)
  if (JSON.stringify(now) !== JSON.stringify(before)) writeWhole(list, JSON.stringify(now))
  return files.filter((file) => !(file in now))
}

/** Inodes by file. */
function readOutputs(list: string): Readonly<Record<string, number>> {
  try {
    return JSON.parse(readFileSync(list, 'utf8')) as Record<string, number>
  } catch {
    return {}
  }
}

function statOf(read: () => Stats): Stats | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
