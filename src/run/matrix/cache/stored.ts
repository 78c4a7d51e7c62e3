import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { TestRef } from '../../../core/exchange.ts'
import { makeFolder, writeWhole } from '../../../files/write-whole.ts'
import type { Cell } from '../../../matrix/cell.ts'
import { keyOfTest } from '../../../timeline/moment.ts'
import type { JournalEvent } from '../../../store/journal-event.ts'
import { parseLines, type RunRecord } from '../plan-file.ts'
import type { Input } from './inputs.ts'

/** One line of what is kept of the tests of a file. Lines hold under the key of inputs, which stand before them. */
export type StoredLine =
  | StoredInputs
  | StoredUses
  /** All tests of the file, those left out that vitest skips. Of processes of their own, how many run at a time; else 0. */
  | {
      readonly t: 'tests'
      readonly key: string
      readonly uses?: string
      readonly tests: readonly TestRef[]
      readonly lanes: number
    }
  | StoredRun
  | StoredAgain

/** Files on which runs depend. */
export interface StoredInputs {
  readonly t: 'inputs'
  readonly key: string
  /** The test file. */
  readonly file: string
  readonly inputs: readonly Input[]
  readonly outside: boolean
  /** Modules that tell which of their functions run are among the inputs all the same. */
  readonly whole?: true
}

/** Parts of modules that runs depend on, besides their inputs. */
export interface StoredUses {
  readonly t: 'uses'
  readonly key: string
  readonly id: string
  /** The hash of the content is that of the whole file, whose lines are those that runs tell of. */
  readonly modules: readonly UsedModule[]
}

/** Parts of one module, and a hash of their texts. */
export type UsedModule = readonly [path: string, content: string, places: readonly string[], parts: string]

/** One run of a test, with what the journal has of it. */
export interface StoredRun {
  readonly t: 'ran'
  readonly key: string
  /** Id of `StoredUses`; left out: modules count as a whole. */
  readonly uses?: string
  /** Name of the matrix that ran it. */
  readonly run: string
  readonly record: RunRecord
  /** Left out: it is a clean run, or one in which reading was watched. */
  readonly cell?: Cell
  readonly leftBehind: readonly string[]
  readonly events: readonly JournalEvent[]
}

/** What has become of a cell that was bad: seen again, or not. */
export interface StoredAgain {
  readonly t: 'again'
  readonly key: string
  readonly id: string
  readonly test: TestRef
  readonly seen: boolean
  /** Why it was bad, as `Cause` has it; left out: it does not matter any more. */
  readonly cause?: string
}

/** Where the lines of a test file are kept. */
export function storedFile(folder: string, testFile: string): string {
  return join(folder, `${createHash('sha256').update(testFile).digest('hex').slice(0, 16)}.ndjson`)
}

/** Beside such a file, lines that held until something changed. */
export function formerFile(path: string): string {
  return path.replace(/\.ndjson$/, '.former')
}

/** Deletes what is kept, and what is beside it. */
export function removeStored(file: string): void {
  for (const path of [file, formerFile(file)]) rmSync(path, { force: true })
}

/** So much is kept of what held before, for the tests of one file, characters: the oldest goes first. */
const mostFormer = 32 * 2 ** 20

/** How lines are written, as far as they have been read: most of a file is read, and never looked at as a value. */
const written = new WeakMap<StoredLine, string>()

/**
 * All lines; one that was cut off by a kill, or whose events are damaged, is left out. What the journal has of a run is
 * nearly all of a file, and is read where it is asked for.
 */
export function readStored(file: string): readonly StoredLine[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((one) => {
    const [events, sum, head] = one.split('\t')
    // Events that were cut off just behind their end are a list.
    if (head === undefined) {
      return parseLines<StoredLine>([one]).flatMap((line) => (Array.isArray(line) ? [] : [noted(line, one)]))
    }
    if (crc32(events!) !== Number(sum)) return []
    return parseLines<StoredRun>([head]).map((run) => noted(withEvents(run, events!), one))
  })
}

/** What runs depend on of which a file tells: it stands before them, so they are not read. */
export function readNeeds(file: string): readonly (StoredInputs | StoredUses)[] {
  const needs: (StoredInputs | StoredUses)[] = []
  if (!existsSync(file)) return needs
  const text = readFileSync(file, 'utf8')
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at)
    const [line] = parseLines<StoredLine>([text.slice(at, end < 0 ? undefined : end)])
    if (line?.t !== 'inputs' && line?.t !== 'uses') break
    needs.push(line)
    at = end < 0 ? text.length : end + 1
  }
  return needs
}

function noted(line: StoredLine, text: string): StoredLine {
  written.set(line, text)
  return line
}

/** Adds lines; the first begins on a line of its own, whatever a kill has left before it. */
export function appendStored(file: string, lines: readonly StoredLine[]): void {
  makeFolder(dirname(file))
  appendFileSync(file, `\n${lines.map(textOf).join('\n')}\n`)
}

/** Replaces all lines. */
export function rewriteStored(file: string, lines: readonly StoredLine[]): void {
  writeWhole(file, lines.map((line) => `${written.get(line) ?? textOf(line)}\n`).join(''))
}

/** Replaces all lines beside it that hold no longer. @param file - Where those are kept that do. */
export function rewriteFormer(file: string, lines: readonly StoredLine[]): void {
  let room = mostFormer
  const oldest = lines.findLastIndex((line) => (room -= (written.get(line) ?? textOf(line)).length) < 0)
  const kept = lines.filter((line, i) => i > oldest || line.t === 'inputs' || line.t === 'uses')
  if (kept.length > 0) rewriteStored(formerFile(file), kept)
  else rmSync(formerFile(file), { force: true })
}

/**
 * Events stand before the rest, and between them their sum, by which what is damaged is known without reading it; tabs part
 * them, as JSON has none.
 */
function textOf(line: StoredLine): string {
  if (line.t !== 'ran') return JSON.stringify(line)
  const { events, ...head } = line
  const text = JSON.stringify(events)
  return `${text}\t${crc32(text)}\t${JSON.stringify(head)}`
}

function withEvents(head: Omit<StoredRun, 'events'>, text: string): StoredRun {
  return {
    ...head,
    get events() {
      return JSON.parse(text) as readonly JournalEvent[]
    },
  }
}

/** All files in which something is kept. */
export function storedFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => (name.endsWith('.ndjson') ? [join(folder, name)] : []))
}

/** One string for one run: other runs than those of cells have the same id in all tests. */
export function nameOfRun({ id, test }: { readonly id: string; readonly test: TestRef }): string {
  return `${id}\n${keyOfTest(test)}`
}

/** One string for what runs depend on. */
export function nameOfLine(line: Pick<StoredInputs, 't' | 'key'> | Pick<StoredUses, 't' | 'key' | 'id'>): string {
  return line.t === 'inputs' ? line.key : `${line.key} ${line.id}`
}
