import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { TestRef } from '../../core/exchange.ts'
import type { Ask, ErrorText } from '../../matrix/observation.ts'
import { type PlannedCell, readLines, type RunRecord } from './plan-file.ts'

/** Names the file that says which run of a test is under way, for processes that a test has started. */
export const nowVariable = 'MORTAR_MATRIX_NOW'

/** The run of a test that is under way. */
export interface RunningNow {
  /** Of the cell, or `clean-1` and so on. */
  readonly id: string
  readonly test: TestRef
  readonly planned?: PlannedCell
  /** When nothing is to go wrong any more, milliseconds since the epoch. */
  readonly until?: number
  /** The test is the whole command: it fails by what nobody catches. */
  readonly whole?: true
}

/** What one process has to say of a run of a test that belongs to another one. */
export interface RunPart {
  readonly id: string
  readonly test: TestRef
  readonly asks?: readonly Ask[]
  readonly struck?: number
  readonly uncaught?: readonly ErrorText[]
  readonly errors?: readonly ErrorText[]
  readonly missed?: true
}

/** Processes that take part in the tests of this one, as `mortar/register` attaches them. */
export interface OtherProcesses {
  /** How they find us. */
  readonly variables: Readonly<Record<string, string>>
  /** Whether there has been any. */
  readonly any: boolean
  /** Tells them what is under way, or that nothing is. */
  tell(now: RunningNow | undefined): void
  /** How often they were struck in a run so far. */
  struck(run: Pick<RunRecord, 'id' | 'test'>): number
  /** Adds what they have said of a run. */
  complete(record: RunRecord): RunRecord
}

/** @param file - Of this process alone; what is said stands beside it. */
export function openOtherProcesses(file: string): OtherProcesses {
  const parts = partsOf(file)
  const partsIn = ({ id, test: { file: of, name } }: Pick<RunRecord, 'id' | 'test'>): readonly RunPart[] =>
    readLines<RunPart>(parts).filter((part) => part.id === id && part.test.name === name && part.test.file === of)
  const struck = (own: readonly RunPart[]): number => own.reduce((sum, part) => sum + (part.struck ?? 0), 0)
  return {
    variables: { [nowVariable]: file },
    get any() {
      return existsSync(parts)
    },
    tell(now) {
      // Whoever reads it finds it whole. It need not outlive the machine.
      writeFileSync(`${file}~`, JSON.stringify(now ?? null))
      // File systems that make sure of what takes the place of a file take milliseconds for it.
      rmSync(file, { force: true })
      renameSync(`${file}~`, file)
    },
    struck: (run) => struck(partsIn(run)),
    complete(record) {
      const own = partsIn(record)
      if (own.length === 0) return record
      return {
        ...record,
        errors: [...own.flatMap(({ errors = [] }) => errors), ...record.errors],
        uncaught: [...record.uncaught, ...own.flatMap(({ uncaught = [] }) => uncaught)],
        struck: record.struck + struck(own),
        missed: record.missed || own.some(({ missed }) => missed),
        asks: [...record.asks, ...own.flatMap(({ asks = [] }) => asks)].toSorted((a, b) => a.at - b.at),
        // What happens in another process cannot be told to belong to a step.
        steps: [],
      }
    },
  }
}

/** The same from within another process. */
export interface FollowedRun {
  /** What is under way now. */
  readonly now: RunningNow | undefined
  say(part: RunPart): void
}

/** @param file - As {@link nowVariable} names it. */
export function followRun(file: string): FollowedRun {
  const parts = partsOf(file)
  // That there is somebody is known before anything is asked.
  appendFileSync(parts, '')
  let seen = 0n
  let now: RunningNow | undefined
  return {
    get now() {
      const { ino, mtimeNs } = statSync(file, { bigint: true, throwIfNoEntry: false }) ?? { ino: 0n, mtimeNs: 0n }
      if (ino + mtimeNs !== seen) {
        seen = ino + mtimeNs
        now = seen === 0n ? undefined : ((JSON.parse(readFileSync(file, 'utf8')) as RunningNow | null) ?? undefined)
      }
      return now
    },
    say: (part) => appendFileSync(parts, `${JSON.stringify(part)}\n`),
  }
}

function partsOf(file: string): string {
  return `${file}.parts`
}
