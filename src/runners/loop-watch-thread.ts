/** The thread of `loop-watch.ts`. */
import { appendFileSync } from 'node:fs'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { mostGrowth, tookMore } from '../run/matrix/most-memory.ts'
import type { ResultLine, RunRecord } from '../run/matrix/plan-file.ts'
import type { LoopWatchData, LoopWatchMessage, WatchedCell } from './loop-watch.ts'

const { turns } = workerData as LoopWatchData
const count = new Int32Array(turns)
const never = new Int32Array(new SharedArrayBuffer(4))

/** How often it is looked, milliseconds. Looks are counted, as a machine that sleeps does not look either. */
const everyMs = 250

let watched: LoopWatchMessage['watched']
let results = ''
let bytes = 0
let before = 0
let stillMs = 0

for (;;) {
  Atomics.wait(never, 0, 0, everyMs)
  const seen = Atomics.load(count, 0)
  for (let told = receiveMessageOnPort(parentPort!); told; told = receiveMessageOnPort(parentPort!)) {
    ;({ watched, results } = told.message as LoopWatchMessage)
    bytes = process.memoryUsage.rss()
    stillMs = 0
  }
  stillMs = seen === before ? stillMs + everyMs : 0
  before = seen
  if (!watched) continue
  const message = `it blocked its process for ${stillMs / 1000} s, and that had to be ended`
  if ('file' in watched) {
    if (stillMs >= watched.mostMs) tell({ t: 'broken', file: watched.file, why: message, isBlocked: true })
    continue
  }
  const cell = watched
  if (stillMs >= cell.mostMs) {
    const errors = cell.isClean ? [{ name: 'Error', message, stack: '' }] : []
    end(cell, { ended: 'late', waited: { ms: stillMs, until: 'spinning' }, errors })
  }
  if (!cell.isClean && process.memoryUsage.rss() - bytes > mostGrowth) {
    const grown = tookMore(bytes + mostGrowth, bytes)
    end(cell, { ended: 'died', errors: [{ name: 'Error', message: grown, stack: '' }] })
  }
}

function end(whole: WatchedCell, how: Pick<RunRecord, 'ended' | 'errors' | 'waited'>): void {
  const { mostMs: _mostMs, isClean: _isClean, ...cell } = whole
  tell({
    t: 'ran',
    ...cell,
    passed: false,
    ...how,
    uncaught: [],
    durationMs: how.waited?.ms ?? 0,
    struck: 1,
    missed: false,
    steps: [],
    asks: [],
    refusals: 0,
    isEnded: true,
  })
}

function tell(line: ResultLine): void {
  appendFileSync(results, `${JSON.stringify(line)}\n`)
  process.kill(process.pid, 'SIGKILL')
}
