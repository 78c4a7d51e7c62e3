import type { TestRef } from '../../../core/exchange.ts'
import { keyOfTest } from '../../../timeline/moment.ts'
import { isClean } from '../plan-file.ts'
import { isNeed, mergedLines } from './merged-lines.ts'
import {
  appendStored,
  formerFile,
  nameOfLine,
  nameOfRun,
  readStored,
  rewriteStored,
  rewriteFormer,
  type StoredInputs,
  type StoredLine,
  type StoredRun,
  type StoredUses,
} from './stored.ts'

/** What is kept of the tests of one file, and holds. */
export interface KeptFile {
  /** All tests of the file; `undefined` while that is not known. */
  readonly tests: readonly TestRef[] | undefined
  /** Where each run is a process of its own and how all tests go is known, how many run at a time; else 0. */
  readonly lanes: number
  /** Runs of cells by `nameOfRun`. */
  readonly cells: ReadonlyMap<string, StoredRun>
  /** Clean runs by test. */
  readonly clean: ReadonlyMap<string, readonly StoredRun[]>
  /** Those that were bad, and were so again. */
  readonly confirmed: ReadonlySet<string>
  readonly lines: readonly StoredLine[]
  /** What held before something changed, as far as that has been read. */
  readonly resting: readonly StoredLine[]
  /** Whether it is there already. */
  has(line: StoredInputs | StoredUses): boolean
  add(lines: readonly StoredLine[]): void
  /** Forgets all cells but these; nothing where nothing holds, as nothing new is kept in its place. */
  prune(wanted: ReadonlySet<string>): void
}

/**
 * @param path - Of the file in which it is kept.
 * @param former - What held before something changed, if anything has: it is kept beside, as changes are undone.
 */
export function openKeptFile(path: string, kept: readonly StoredLine[], former?: readonly StoredLine[]): KeptFile {
  let lines: StoredLine[] = []
  let tests: readonly TestRef[] | undefined
  let lanes = 0
  const cells = new Map<string, StoredRun>()
  const clean = new Map<string, StoredRun[]>()
  const confirmed = new Set<string>()
  const depended = new Set<string>()
  let resting = former
  let isStale = former !== undefined

  /** Once more is to be kept: until then there is better to do than to write all of it. */
  function drop(): void {
    if (isStale) {
      rewriteStored(path, lines)
      if (resting) rewriteFormer(path, resting)
    }
    isStale = false
  }

  function take(line: StoredLine): void {
    lines.push(line)
    if (line.t === 'inputs' || line.t === 'uses') depended.add(nameOfLine(line))
    else if (line.t === 'tests') {
      tests = line.tests
      lanes = line.lanes
    } else if (line.t === 'ran') {
      const { id, test } = line.record
      const before = clean.get(keyOfTest(test)) ?? []
      if (!isClean(line.record)) cells.set(nameOfRun(line.record), line)
      else clean.set(keyOfTest(test), [...before.filter((one) => one.record.id !== id), line])
    } else if (line.t === 'again') {
      if (line.seen) confirmed.add(nameOfRun(line))
      else cells.delete(nameOfRun(line))
    }
  }
  for (const line of kept) take(line)

  return {
    get tests() {
      return tests
    },
    get lanes() {
      return tests?.every((test) => clean.has(keyOfTest(test))) ? lanes : 0
    },
    get lines() {
      return lines
    },
    get resting() {
      return resting ?? []
    },
    cells,
    clean,
    confirmed,
    has: (line) => depended.has(nameOfLine(line)),
    add(more) {
      drop()
      appendStored(path, more)
      for (const line of more) take(line)
    },
    prune(wanted) {
      if (lines.length === 0) return
      const isWanted = (line: StoredLine): boolean => {
        if (line.t === 'again') return line.seen && wanted.has(line.id) && cells.has(nameOfRun(line))
        if (line.t !== 'ran') return true
        const { id, test } = line.record
        if (isClean(line.record)) return clean.get(keyOfTest(test))?.includes(line) ?? false
        return wanted.has(id) && cells.get(nameOfRun(line.record)) === line
      }
      const left = lines.filter(isWanted)
      // Of a test that is left out for now, it may hold again.
      const isUnplanned = (line: StoredLine): boolean => {
        if (line.t === 'again') return line.seen && !wanted.has(line.id) && cells.has(nameOfRun(line))
        return line.t === 'ran' && !wanted.has(line.record.id) && cells.get(nameOfRun(line.record)) === line
      }
      const unplanned = lines.filter(isUnplanned)
      if (unplanned.length > 0) {
        const needs = lines.filter(isNeed)
        resting = mergedLines(resting ?? readStored(formerFile(path)), [...needs, ...unplanned])
      }
      isStale ||= left.length < lines.length
      lines = left
      drop()
    },
  }
}
