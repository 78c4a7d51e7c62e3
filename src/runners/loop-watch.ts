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
}

/** What the thread is told. */
export interface LoopWatchMessage {
  /** `undefined`: nothing more. */
  readonly watched: WatchedCell | WatchedFile | undefined
  /** Where is told what had to be ended. */
  readonly results: string
}

/** How often the event loop shows that it turns, milliseconds. */
const turnEveryMs = 250

let watching: { readonly thread: Worker; readonly turns: Int32Array } | undefined
let timer: NodeJS.Timeout | undefined

/** Has a thread watch this one, which writes to the results of a plan what it had to end. There is one in a process. */
export function watchLoop(planFile: string): LoopWatch {
  const results = resultsOf(planFile)
  const tell = (watched: LoopWatchMessage['watched']): void => {
    watching?.thread.postMessage({ watched, results } satisfies LoopWatchMessage)
  }
  return {
    begin(watched) {
      watching ??= start()
      tell(watched)
      realClearTimeout(timer)
      turn()
    },
    end() {
      realClearTimeout(timer)
      tell(undefined)
    },
  }
}

function start(): NonNullable<typeof watching> {
  const turns = new SharedArrayBuffer(4)
  const workerData: LoopWatchData = { turns }
  const file = new URL(`./loop-watch-thread${extname(import.meta.url)}`, import.meta.url)
  const thread = new Worker(file, { workerData, execArgv: [], env: {} })
  thread.unref()
  return { thread, turns: new Int32Array(turns) }
}

function turn(): void {
  Atomics.add(watching!.turns, 0, 1)
  timer = realSetTimeout(turn, turnEveryMs).unref()
}
