import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { complaintsOf } from './check-program.ts'

/** The one bug of a program, and where the matrix has to find it. */
export interface KnownBug {
  readonly boundary: string
  readonly operation: string
  /** Any of these faults shows it. */
  readonly faults: readonly string[]
  /** Any of these verdicts names it. */
  readonly verdicts: readonly string[]
  /** Any of these oracles (`O1` to `O10`) finds it; any at all where it is left out. */
  readonly oracles?: readonly string[]
  /** What the proof says of the buggy twin. */
  readonly harm: string
}

/** What stands in `program.json`. */
export interface ProgramFile {
  readonly title: string
  /** Where the pattern is from (default: empty). */
  readonly pattern?: string
  /** What it imports besides what every program has (default: nothing). */
  readonly packages?: readonly string[]
  /** `null`: it is right as it is, and has no buggy twin. */
  readonly bug: KnownBug | null
}

/** One program of the corpus. */
export interface Program extends Required<ProgramFile> {
  /** Of its folder. */
  readonly name: string
  readonly directory: string
}

/** What `--prove` runs; the matrix does without. */
export const proofFile = 'proof.test.mjs'

/** One of the two: with the bug, or without it. */
export type Twin = 'buggy' | 'fixed'

/** The twins that a program has. */
export function twinsOf({ bug }: Program): readonly Twin[] {
  return bug === null ? ['fixed'] : ['buggy', 'fixed']
}

/** Reads `program.json`. @throws an Error that says, in one line, what is wrong with the folder */
export function readProgram(directory: string): Program {
  const path = join(directory, 'program.json')
  if (!existsSync(path)) throw new Error(`${directory} is no program: it has no program.json`)
  const read = parsed(path)
  const complaints = complaintsOf(read)
  if (complaints.length > 0) throw new Error(`${path}: ${complaints.join('; ')}`)
  const { title, pattern = '', packages = [], bug } = read as ProgramFile
  const program = { name: basename(directory), directory, title, pattern, packages, bug }
  const needed = ['mortar.config.mjs', 'program.test.mjs', ...twinsOf(program)]
  const missing = needed.filter((name) => !existsSync(join(directory, name)))
  if (missing.length > 0) throw new Error(`${directory} lacks ${missing.join(', ')}`)
  return program
}

/** The programs below a folder, by name. @throws an Error as {@link readProgram} does */
export function programsIn(folder: string): readonly Program[] {
  return programFolders(folder).map(readProgram)
}

/** The folders of the programs below a folder, by name. @throws an Error that says that there is no such folder */
export function programFolders(folder: string): readonly string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`there is no folder ${folder}`)
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'program.json')))
    .map(({ name }) => name)
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => join(folder, name))
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // It quotes lines of the file.
    const why = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
    throw new Error(`${path} cannot be read: ${why}`, { cause: error })
  }
}
