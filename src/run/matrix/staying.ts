import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeBriefly } from '../../files/write-whole.ts'

/**
 * How workers of a runner come to stay that run a plan as its command would, each file in a process of its own: whoever is
 * through with a file of which no other one is left takes a seat. All that is said of it stands in one folder.
 */
export interface Staying {
  /** How many files of tests there are; NaN: that is not known yet. */
  readonly files: number
  readonly through: number
  readonly seats: number
  /** Processes of files that have begun and are not through. */
  readonly at: readonly number[]
}

const filesName = 'files'
const offName = 'off'

const markOf = (folder: string, what: 'begun' | 'through', file: string): string =>
  join(folder, `${what}-${createHash('sha1').update(file).digest('hex')}`)

/** Says how many files of tests a runner goes through, and how many of its workers there may be at a time. */
export function tellFiles(folder: string, files: number, workers: number): void {
  writeBriefly(join(folder, filesName), `${files} ${workers}`)
}

/** A file has its process. @param file - Relative to the project. */
export function tellBegun(folder: string, file: string): void {
  writeBriefly(markOf(folder, 'begun', file), String(process.pid))
}

/** All of a file was run, or nothing of it can be. */
export function tellThrough(folder: string, file: string): void {
  writeBriefly(markOf(folder, 'through', file), '')
}

/** Takes a seat, unless a file waits for the place of this process, or nobody is to stay. @returns Its number. */
export function takeSeat(folder: string): number | undefined {
  const names = readdirSync(folder)
  const [files, workers] = filesIn(folder)
  const begun = countOf(names, 'begun')
  const busy = begun - countOf(names, 'through') + countOf(names, 'seat')
  // Of NaN, as long as it is not known how many files there are, this is never so.
  if (!(files - begun <= workers - busy) || names.includes(offName)) return undefined
  for (let seat = 0; ; seat++) {
    try {
      writeFileSync(join(folder, `seat-${seat}`), '', { flag: 'wx' })
      return seat
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** From now on nobody takes a seat. */
export function callOffStaying(folder: string): void {
  writeFileSync(join(folder, offName), '')
}

/** How far they are. */
export function readStaying(folder: string): Staying {
  const names = readdirSync(folder)
  const isThrough = (name: string): boolean => names.includes(name.replace('begun', 'through'))
  const at = names.filter((name) => name.startsWith('begun-') && !isThrough(name))
  return {
    files: filesIn(folder)[0],
    through: countOf(names, 'through'),
    seats: countOf(names, 'seat'),
    at: at.map((name) => Number(readFileSync(join(folder, name), 'utf8'))),
  }
}

function countOf(names: readonly string[], what: 'begun' | 'through' | 'seat'): number {
  return names.filter((name) => name.startsWith(`${what}-`)).length
}

function filesIn(folder: string): readonly [files: number, workers: number] {
  const file = join(folder, filesName)
  if (!existsSync(file)) return [Number.NaN, Number.NaN]
  const [files, workers] = readFileSync(file, 'utf8').split(' ').map(Number)
  return [files!, workers!]
}
