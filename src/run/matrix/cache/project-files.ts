import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const notOurs = new Set(['node_modules', '.git', '.mortar'])

/** The files of a project, relative to its folder, sorted: those that git knows or would take, else all there are. */
export function projectFiles(directory: string): readonly string[] {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const git = spawnSync('git', listing, { cwd: directory, encoding: 'utf8', maxBuffer: 1 << 28 })
  const found = git.status === 0 && git.stdout !== '' ? git.stdout.split('\0') : walk(directory)
  const wanted = found.filter((file) => file !== '' && !file.split('/').some((part) => notOurs.has(part)))
  return [...new Set(wanted)].toSorted()
}

function walk(directory: string): readonly string[] {
  const entries = globSync('**/*', { cwd: directory, withFileTypes: true, exclude: ({ name }) => notOurs.has(name) })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
}
