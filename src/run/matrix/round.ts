import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../../files/write-whole.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import { awaitedTests } from './awaited-tests.ts'
import { hearParts } from './hear-parts.ts'
import { openObserver } from './observe-run.ts'
import { journalName, type MatrixPlan, readResults, type ResultLine, resultsOf, writePlan } from './plan-file.ts'
import type { ProcessCell } from './process-cell.ts'
import type { ProcessEnd } from './run-process.ts'
import type { Suite, SuitePart, SuiteRun } from './suite.ts'
import type { Awaited } from './tell-waiting.ts'

/** What a process does for one plan, and where it writes what came of it. */
export interface Round {
  readonly planFile: string
  /** What node and the runner print. */
  readonly logFile: string
  /** Of the run that its exchanges belong to. */
  readonly runDirectory: string
  /** When it last got on, milliseconds since the epoch; 0: not at all yet. */
  lastSign(): number
  awaited(): Awaited
  /** Whether a runner tells of its tests. */
  isAttached(): boolean
  /** What was loaded by now, as far as that is told. */
  loaded(): SuitePart['loaded']
  /** It is over. @param end - How its process ended; left out: it goes on. @param grown - Why it was ended for its memory. */
  close(end?: ProcessEnd, grown?: string): Promise<SuiteRun>
}

/** For whom a round is. */
export interface RoundOptions {
  /** What the process as a whole is for, where it cannot run a test twice. */
  readonly cell?: ProcessCell | undefined
  readonly onPart?: (part: SuitePart) => void
}

let serial = 0

/** Writes down what is to be done, and begins to look at what comes of it. */
export function openRound(
  { config, folder, cache }: Suite,
  plan: MatrixPlan,
  { cell, onPart = () => {} }: RoundOptions,
): Round {
  makeFolder(folder)
  const name = `process-${++serial}`
  const planFile = join(folder, `${name}.json`)
  writePlan(planFile, { ...plan, ...(cache && !cell && { functions: cache.madeBy }) })
  // Beside the runs that people want to look at again, which are but a few.
  const runDirectory = join(folder, name)
  makeFolder(runDirectory)
  const observer = openObserver({ runDirectory, projectDirectory: config.directory })
  const heard = cell ? undefined : hearParts(planFile, { observer, onPart })
  const results = resultsOf(planFile)
  const logFile = join(folder, `${name}.log`)
  return {
    planFile,
    logFile,
    runDirectory,
    lastSign: () => (existsSync(results) ? statSync(results).mtimeMs : 0),
    awaited: () => cell?.awaited() ?? awaitedTests(readResults(planFile)),
    isAttached: () => readResults(planFile).some(({ t }) => t === 'attached'),
    loaded: () => loadedIn(readResults(planFile)),
    async close(end = { code: null, stuck: false, grew: false, bytes: 0 }, grown) {
      await heard?.stop()
      const lines = readResults(planFile)
      const records = cell ? cell.records({ ...end, grown }) : lines.filter((each) => each.t === 'ran')
      const keyOf = (one: Parameters<typeof journalName>[0]): string => keyOfTest(journalName(one))
      const ended = new Set(records.map(keyOf))
      const died = lines.flatMap((each) =>
        each.t === 'began' && !ended.has(keyOf(each)) ? [{ id: each.id, test: each.test }] : [],
      )
      const told = new Set(heard?.ran.map(({ record }) => keyOf(record)))
      const untold = records.filter((record) => !told.has(keyOf(record)))
      const rest = await observer.observe(untold, true)
      const loaded = loadedIn(lines)
      if (!cell) onPart({ ran: rest, loaded })
      return {
        ran: [...(heard?.ran ?? []), ...rest],
        loaded,
        died,
        attached: lines.some((each) => each.t === 'attached'),
        isSerial: lines.some((each) => each.t === 'attached' && each.isSerial),
        broken: lines.filter((each) => each.t === 'broken'),
        stuck: end.stuck,
        grown,
        code: end.code,
        logFile,
      }
    },
  }
}

function loadedIn(lines: readonly ResultLine[]): SuitePart['loaded'] {
  return lines.filter((each) => each.t === 'loaded' || each.t === 'uses')
}
