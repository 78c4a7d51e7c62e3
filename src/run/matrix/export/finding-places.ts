import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { configNames } from '../../load-config.ts'
import type { CellDocument, FindingDocument, MatrixDocument } from '../document.ts'

/** A line of a file. */
export interface Place {
  /** Relative to the repository, with forward slashes. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
}

/** Where findings are shown beside the code. */
export interface FindingPlaces {
  /** Calls of the program that ask what is struck, those on changed lines first, then the tests that show it. Never empty. */
  of(finding: FindingDocument): readonly [Place, ...Place[]]
}

/** What places depend on besides the document. */
export interface PlacesOptions {
  /** Of the project. */
  readonly directory: string
  /** A commit whose lines are not changed; where git does not know it, no line counts as changed. */
  readonly base?: string | undefined
}

/** Finds the places of findings. Reads the tests' files, and asks git what has changed. */
export function findingPlaces(document: MatrixDocument, { directory, base }: PlacesOptions): FindingPlaces {
  const root = repositoryOf(directory)
  // A command that is one test has no file of its own.
  const config = configNames.find((name) => existsSync(join(directory, name))) ?? 'package.json'
  const cells = new Map(document.cells.map((cell) => [cell.id, cell]))
  const changed = base === undefined ? undefined : changedLines(root, base)
  const inRepository = (file: string): string => relative(root, join(directory, file)).split(sep).join('/')
  const isChanged = ({ file, line }: Place): boolean => changed?.get(file)?.has(line) ?? false
  return {
    of({ cells: ids, test }) {
      const sites = ids.flatMap((id) => placeOf(cells.get(id)))
      const own = { file: test.file === '' ? config : test.file, line: lineOf(directory, test) }
      const all = distinct([...sites, own].map(({ file, line }) => ({ file: inRepository(file), line })))
      return all.toSorted((a, b) => Number(isChanged(b)) - Number(isChanged(a))) as [Place, ...Place[]]
    },
  }
}

function placeOf(cell: CellDocument | undefined): readonly Place[] {
  const [, file, line] = /^(.+):(\d+)$/.exec(cell?.site ?? '') ?? []
  return file === undefined ? [] : [{ file, line: Number(line) }]
}

function distinct(places: readonly Place[]): readonly Place[] {
  return [...new Map(places.map((place) => [`${place.file}:${place.line}`, place])).values()]
}

/** Where a test begins, by its name; the first line where that cannot be found. */
function lineOf(directory: string, { file, name }: FindingDocument['test']): number {
  const path = join(directory, file)
  if (file === '' || !existsSync(path)) return 1
  const source = readFileSync(path, 'utf8')
  const at = source.indexOf(name.split(' > ').at(-1)!)
  return at < 0 ? 1 : source.slice(0, at).split('\n').length
}

/** The folder that has `.git`, or the project's own. */
function repositoryOf(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return directory
  }
}

/** Lines that are others than in `base`, by file. */
function changedLines(root: string, base: string): ReadonlyMap<string, ReadonlySet<number>> | undefined {
  let diff: string
  try {
    const options = ['diff', '--unified=0', '--no-color', '--no-ext-diff', '--src-prefix=a/', '--dst-prefix=b/']
    const stdio: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'ignore']
    diff = execFileSync('git', [...options, '--merge-base', base, '--'], { cwd: root, encoding: 'utf8', stdio })
  } catch {
    return undefined
  }
  const found = new Map<string, Set<number>>()
  let lines = new Set<number>()
  for (const line of diff.split('\n')) {
    const [, file] = /^\+\+\+ b\/(.*)$/.exec(line) ?? []
    if (file !== undefined) found.set(file, (lines = new Set()))
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line)
    if (!hunk) continue
    const [first, count] = [Number(hunk[1]), Number(hunk[2] ?? 1)]
    for (let at = first; at < first + count; at++) lines.add(at)
  }
  return found
}
