import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** The one bug of a program, and where the matrix has to find it. */
export interface KnownBug {
  readonly boundary: string
  readonly operation: string
  /** Any of these faults shows it. */
  readonly faults: readonly string[]
  /** Any of these verdicts names it. */
  readonly verdicts: readonly string[]
  /** What the proof says of the buggy twin. */
  readonly harm: string
}

/** One program of the corpus. */
export interface Program {
  readonly name: string
  readonly directory: string
  readonly title: string
  /** Where the pattern is from. */
  readonly pattern: string
  /** What it imports besides what every program has. */
  readonly packages: readonly string[]
  /** `null`: it is right as it is, and has no buggy twin. */
  readonly bug: KnownBug | null
}

/** One of the two: with the bug, or without it. */
export type Twin = 'buggy' | 'fixed'

/** The twins that a program has. */
export function twinsOf({ bug }: Program): readonly Twin[] {
  return bug === null ? ['fixed'] : ['buggy', 'fixed']
}

/** Reads `program.json`. @throws an Error that says what is wrong with the folder */
export function readProgram(directory: string): Program {
  const path = join(directory, 'program.json')
  if (!existsSync(path)) throw new Error(`${directory} is no program: it has no program.json`)
  const read = JSON.parse(readFileSync(path, 'utf8')) as Partial<Omit<Program, 'name' | 'directory'>>
  const { title, pattern = '', packages = [], bug } = read
  const complaint = complaintOf(title, bug)
  if (complaint || title === undefined || bug === undefined) throw new Error(`${path}: ${complaint}`)
  const program = { name: basename(directory), directory, title, pattern, packages, bug }
  const needed = ['mortar.config.mjs', 'program.test.mjs', ...twinsOf(program)]
  const missing = needed.filter((name) => !existsSync(join(directory, name)))
  if (missing.length > 0) throw new Error(`${directory} lacks ${missing.join(', ')}`)
  return program
}

/** The programs below a folder, by name. */
export function programsIn(folder: string): readonly Program[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'program.json')))
    .map((entry) => readProgram(join(folder, entry.name)))
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

function complaintOf(title: unknown, bug: KnownBug | null | undefined): string {
  if (typeof title !== 'string') return '`title` is missing'
  if (bug === undefined) return '`bug` is missing; `null` says that there is none'
  if (bug === null) return ''
  const lists = [bug.faults, bug.verdicts].every((list) => Array.isArray(list) && list.length > 0)
  if (!lists) return '`bug.faults` and `bug.verdicts` must be lists that are not empty'
  const texts = [bug.boundary, bug.operation, bug.harm].every((text) => typeof text === 'string')
  return texts ? '' : '`bug` must have `boundary`, `operation` and `harm`'
}
