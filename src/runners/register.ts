import '../core/refuse-old-node.ts'
import { constants } from 'node:os'
import { stayInBackground } from '../engine/background.ts'
import type { AttachedCells } from './attached-cells.ts'
import { attachRun } from './in-process-run.ts'
import { tellRunner } from './tell-runner.ts'

const now = process.env['MORTAR_MATRIX_NOW']

/** Attaches the boundaries of `mortar.config` to this process, for `node --import mortar/register program.js`. */
const attached: Awaited<ReturnType<typeof attachRun>> = await attachRun({
  directory: process.cwd(),
  command: process.argv.slice(1).join(' '),
  outside: 'outside-of-tests',
  ofTest: now !== undefined,
}).catch((error: unknown) => {
  throw tellRunner(error)
})

const cells = now === undefined ? undefined : await followCells(now)

if (attached.servers) stayInBackground()

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
const stopped = new Set<number | undefined>(signals.map((signal) => 128 + constants.signals[signal]))

// A program that failed may have gone only half the way; one that was told to stop has not failed.
process.once('exit', (code) => {
  const outcome = { passed: code === 0 || stopped.has(code) }
  cells?.close(outcome)
  attached.closeNow(outcome)
})

for (const signal of signals) {
  const stop = (): void => {
    // A handler of the program's own decides when it ends.
    if (process.listenerCount(signal) > 1) return
    cells?.close()
    attached.closeNow()
    process.off(signal, stop)
    process.kill(process.pid, signal)
  }
  process.on(signal, stop)
}

async function followCells(file: string): Promise<AttachedCells> {
  const { openAttachedCells } = await import('./attached-cells.ts')
  return openAttachedCells(attached, file)
}

export { attached }
