import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const notOurs = new Set(['node_modules', '.git', '.mortar'])

/** The files of a project, relative to its folder, sorted: those that git knows or would take, else all there are. */
export function projectFiles(directory: string): readonly string[] {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const git = spawnSync('git', listing, { cwd: directory, encoding: 'utf8', maxBuffer: 1 << 28 })
  const found = git.status === 0 && git.stdout !== '' ? git.stdout.split('\0') : filesIn(directory)
  const wanted = found.filter((file) => file !== '' && !file.split('/').some((part) => notOurs.has(part)))
  return [...new Set(wanted)].toSorted()
}

/** All files in a folder, relative to it, but hidden ones. */
export function filesIn(folder: string, within = ''): readonly string[] {
  return readdirSync(join(folder, within), { withFileTypes: true }).flatMap((entry) => {
    const { name } = entry
    if (name.startsWith('.') || notOurs.has(name)) return []
    return entry.isDirectory() ? filesIn(folder, `${within}${name}/`) : entry.isFile() ? [`${within}${name}`] : []
  })
}
