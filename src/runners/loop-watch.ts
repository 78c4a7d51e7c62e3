import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { realClearTimeout, realSetTimeout } from '../core/real-clock.ts'
import { resultsOf, type RunRecord } from '../run/matrix/plan-file.ts'

/** Ends this process when a run of a test lets nothing else in it get its turn, or takes more and more memory. */
export interface LoopWatch {
  /** A cell begins, or a clean run. */
  begin(watched: WatchedCell | WatchedFile): void
  end(): void
}

/** What is told of a run that had to be ended. */
export interface WatchedCell extends Pick<RunRecord, 'id' | 'test' | 'again'> {
  /** For how long nothing else may get its turn, milliseconds. */
  readonly mostMs: number
  /** Nothing goes wrong in it, so it may take what memory it needs. */
  readonly isClean?: true
}

/** A file of tests that is loaded, absolute. */
export interface WatchedFile {
  readonly file: string
  /** For how long nothing else may get its turn, milliseconds. */
  readonly mostMs: number
}

/** What the thread is given that watches. */
export interface LoopWatchData {
  /** The first number is counted up for as long as the event loop turns. */
  readonly turns: SharedArrayBuffer
  readonly results: string
}

/** How often the event loop shows that it turns, milliseconds. */
const turnEveryMs = 250

const watches = new Map<string, LoopWatch>()

/** Starts a thread that watches this one, and writes to the results of a plan what it had to end. One for each plan. */
export function watchLoop(planFile: string): LoopWatch {
  const known = watches.get(planFile)
  if (known) return known
  const opened = openWatch(planFile)
  watches.set(planFile, opened)
  return opened
}

function openWatch(planFile: string): LoopWatch {
  let watching: { readonly thread: Worker; readonly turns: Int32Array } | undefined
  let timer: NodeJS.Timeout | undefined
  const start = (): NonNullable<typeof watching> => {
    const turns = new SharedArrayBuffer(4)
    const workerData: LoopWatchData = { turns, results: resultsOf(planFile) }
    const file = new URL(`./loop-watch-thread${extname(import.meta.url)}`, import.meta.url)
    const thread = new Worker(file, { workerData, execArgv: [], env: {} })
    thread.unref()
    return { thread, turns: new Int32Array(turns) }
  }
  const turn = (): void => {
    Atomics.add(watching!.turns, 0, 1)
    timer = realSetTimeout(turn, turnEveryMs).unref()
  }
  return {
    begin(watched) {
      watching ??= start()
      watching.thread.postMessage(watched)
      realClearTimeout(timer)
      turn()
    },
    end() {
      realClearTimeout(timer)
      watching?.thread.postMessage(undefined)
    },
  }
}
