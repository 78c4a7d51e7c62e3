import { spawn } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { realElapsed, realNow } from '../../core/real-clock.ts'
import { endWithUs } from '../end-with-us.ts'
import { memoryOfGroup } from './group-memory.ts'

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
  readonly idleMs: () => number
  /** It is ended when all that it has started takes more memory than that, where the system tells. */
  readonly mostBytes: number
  readonly signal: AbortSignal
}

/** How a command ended: with this code, or by us, as it did not get on or took too much memory. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stuck: boolean
  readonly grew: boolean
  /** The most memory that was seen; 0 where nobody has looked by then, or the system does not tell. */
  readonly bytes: number
}

/**
 * How soon it is looked first, and how often later, milliseconds: much of what runs is short. On a machine with many
 * processes a look takes its time, so it is rarer by how long that was.
 */
const lookFirstMs = 50
const lookEveryMs = 250
const restFactor = 100

/** Runs a command in a process group of its own, which ends with it. Does not reject: what cannot be run ends with 127. */
export async function runProcess(options: ProcessOptions): Promise<ProcessEnd> {
  const { command, cwd, env, logFile, lastSign, idleMs, mostBytes, signal } = options
  const log = openSync(logFile, 'a')
  const stdio = ['ignore', log, log] as ['ignore', number, number]
  const settings = { cwd, env, stdio, detached: true }
  const child =
    typeof command === 'string'
      ? spawn(command, { ...settings, shell: true })
      : spawn(command[0] ?? '', command.slice(1), settings)
  closeSync(log)
  let stuck = false
  let grew = false
  let bytes = 0
  const kill = (target: number): void => {
    try {
      process.kill(target, 'SIGKILL')
    } catch {
      // It is gone already.
    }
  }
  const end = (): void => {
    if (child.pid !== undefined) kill(-child.pid)
  }
  const started = realNow()
  const look = async (afterMs: number): Promise<void> => {
    stuck = realNow() - Math.max(started, lastSign()) >= idleMs()
    const at = realElapsed()
    const now = child.pid === undefined ? undefined : await memoryOfGroup(child.pid, mostBytes)
    if (over) return
    const restMs = Math.max(restFactor * (realElapsed() - at), afterMs)
    bytes = Math.max(bytes, now?.bytes ?? 0)
    grew = bytes > mostBytes
    if (stuck || grew) end()
    // What has begun a group of its own would go on.
    if (grew) now?.pids.forEach(kill)
    if (!stuck && !grew) watch = setTimeout(look, restMs, Math.min(2 * afterMs, lookEveryMs))
  }
  let over = false
  let watch = setTimeout(look, lookFirstMs, 2 * lookFirstMs)
  process.once('exit', end)
  const unwatch = child.pid === undefined ? undefined : endWithUs(-child.pid)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127))
    child.once('close', resolve)
  })
  over = true
  clearTimeout(watch)
  process.off('exit', end)
  signal.removeEventListener('abort', end)
  // What it has started and left running goes too.
  end()
  unwatch?.()
  return { code, stuck, grew, bytes }
}
