import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isProcessAlive } from '../files/process-alive.ts'
import { readShards } from './read-journal.ts'
import { realNow } from '../core/real-clock.ts'
import { writeFailed } from '../files/write-whole.ts'

/** One execution and its folder. */
export interface Run {
  /** Sorts by time: `20261120T101500-4f2a`. */
  readonly id: string
  /** Absolute path. */
  readonly directory: string
}

/** How many runs are kept; older ones are deleted when a new one starts. */
export const keptRuns = 20

const runId = /^\d{8}T\d{6}-[0-9a-f]{4}$/

/**
 * Makes the folder of a new run, `<project>/.mortar/runs/<id>`, and deletes all but the last 20 runs that no process
 * is writing to any more.
 *
 * @throws MortarError `MORTAR_WRITE_FAILED`
 */
export function newRun(projectDirectory: string): Run {
  const mortar = resolve(projectDirectory, '.mortar')
  const folder = join(mortar, 'runs')
  try {
    mkdirSync(folder, { recursive: true })
    // What is under `.mortar` belongs to this machine.
    if (!existsSync(join(mortar, '.gitignore'))) writeFileSync(join(mortar, '.gitignore'), '*\n')
    const run = claim(folder)
    prune(projectDirectory)
    return run
  } catch (cause) {
    throw writeFailed(folder, cause)
  }
}

/** All runs, oldest first. */
export function listRuns(projectDirectory: string): readonly Run[] {
  const folder = resolve(projectDirectory, '.mortar', 'runs')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => runId.test(name))
    .toSorted()
    .map((id) => ({ id, directory: join(folder, id) }))
}

/** The run that started last, if there was one. */
export function latestRun(projectDirectory: string): Run | undefined {
  return listRuns(projectDirectory).at(-1)
}

function claim(folder: string): Run {
  let now = realNow()
  for (let counter = 0; ; counter++) {
    if (counter === 16) {
      counter = 0
      now++
    }
    const id = makeId(new Date(now), counter)
    const directory = join(folder, id)
    try {
      mkdirSync(directory)
      return { id, directory }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Time in UTC to the second; the last four digits are milliseconds and a counter, so that quick runs sort too. */
function makeId(now: Date, counter: number): string {
  const seconds = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `${seconds}-${now.getUTCMilliseconds().toString(16).padStart(3, '0')}${counter.toString(16)}`
}

function prune(projectDirectory: string): void {
  for (const { directory } of listRuns(projectDirectory).slice(0, -keptRuns)) {
    if (!isBeingWritten(directory)) rmSync(directory, { recursive: true, force: true })
  }
}

function isBeingWritten(runDirectory: string): boolean {
  return readShards(runDirectory).some(({ events }) => {
    const first = events[0]
    return first?.t === 'run' && events.at(-1)?.t !== 'close' && isProcessAlive(first.pid, first.at)
  })
}
