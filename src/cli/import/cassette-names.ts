import { basename, dirname } from 'node:path'

/** Names that tools give to every file, so that only the folder tells them apart. */
const sameEverywhere = /^(?:normalized-fixture|fixture|recording|recordings|cassette|index|har|requests|nock)$/i

/**
 * Names for the cassettes of imported files: `imported/` and the name of the file, or of its folder where files are
 * all called the same; as much of the path as it takes to tell them apart.
 *
 * @param paths - With forward slashes.
 */
export function cassetteNames(paths: readonly string[]): readonly string[] {
  const stems = paths.map((path) => basename(path).replace(/\.(?:json|har|ya?ml)$/i, ''))
  const alike = paths.length > 1 && new Set(stems).size === 1
  const parts = paths.map((path, at) => {
    const stem = stems[at]!
    const folders = dirname(path)
      .split('/')
      .filter((part) => part !== '' && part !== '.' && part !== '..')
    return folders.length > 0 && (alike || sameEverywhere.test(stem)) ? folders : [...folders, stem]
  })
  const longest = Math.max(1, ...parts.map((each) => each.length))
  for (let depth = 1; ; depth++) {
    const names = parts.map((each) => ['imported', ...each.slice(-depth)].join('/'))
    if (depth >= longest || new Set(names.map((name) => name.toLowerCase())).size === names.length) return names
  }
}
