import { spawn } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { realNow } from '../../core/real-clock.ts'
import { endWithUs } from '../end-with-us.ts'

/** A command that is run to its end, or ended when nothing comes of it. */
export interface ProcessOptions {
  /** Program and arguments; one string is a line for the shell. */
  readonly command: string | readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Where its output goes; added to what is there. */
  readonly logFile: string
  /** When it last got on, milliseconds since the epoch; it is ended `idleMs` after that. */
  readonly lastSign: () => number
  readonly idleMs: number
  readonly signal: AbortSignal
}

/** How a command ended: with this code, or by us. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stuck: boolean
}

const lookEveryMs = 250

/** Runs a command in a process group of its own, which ends with it. Does not reject: what cannot be run ends with 127. */
export async function runProcess(options: ProcessOptions): Promise<ProcessEnd> {
  const { command, cwd, env, logFile, lastSign, idleMs, signal } = options
  const log = openSync(logFile, 'a')
  const stdio = ['ignore', log, log] as ['ignore', number, number]
  const settings = { cwd, env, stdio, detached: true }
  const child =
    typeof command === 'string'
      ? spawn(command, { ...settings, shell: true })
      : spawn(command[0] ?? '', command.slice(1), settings)
  closeSync(log)
  let stuck = false
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It is gone already.
    }
  }
  const started = realNow()
  const watch = setInterval(() => {
    if (realNow() - Math.max(started, lastSign()) < idleMs) return
    stuck = true
    end()
  }, lookEveryMs)
  process.once('exit', end)
  const unwatch = child.pid === undefined ? undefined : endWithUs(-child.pid)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127))
    child.once('close', resolve)
  })
  clearInterval(watch)
  process.off('exit', end)
  signal.removeEventListener('abort', end)
  // What it has started and left running goes too.
  end()
  unwatch?.()
  return { code, stuck }
}
