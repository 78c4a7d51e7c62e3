import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { MortarError } from '../core/errors.ts'
import { pause, realClearTimeout, realElapsed, realSetTimeout } from '../core/real-clock.ts'
import { endWithUs } from './end-with-us.ts'
import { exitCodeOfSignal, type SignalWatch } from './watch-signals.ts'

/** How a command ended. */
export interface CommandResult {
  /** Its exit code; 128 and the signal's number when a signal ended it. */
  readonly code: number
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null
}

/** What to run, and how. */
export interface CommandOptions {
  /** Program and arguments; one string is a line for the shell. */
  readonly command: string | readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Where its output goes: through to ours, or all of it to stderr, so that stdout stays ours. */
  readonly output: 'inherit' | 'stderr'
  readonly signals: SignalWatch
}

/** How long a shell, and any other program, has to end or to tell what it has started of the signal before we do, milliseconds. */
const untoldByShellMs = 2000
const untoldMs = 10_000

/** How long what a stopped command has started may take to end by itself, and how often it is looked, milliseconds. */
const graceMs = 5000
const lookEveryMs = 20

/**
 * Runs a command to its end. Signals that we get are passed on, and it is given the time to end by itself; what it has
 * started and not told of the signal, as shells do that wait for it, hears of it soon after. It does not outlive us.
 *
 * @throws MortarError `MORTAR_COMMAND_NOT_FOUND`
 */
export async function runCommand({ command, cwd, env, output, signals }: CommandOptions): Promise<CommandResult> {
  if (signals.received) return { code: exitCodeOfSignal(signals.received), signal: signals.received }
  const stdio: SpawnOptions['stdio'] = output === 'inherit' ? 'inherit' : ['inherit', 2, 2]
  // In the foreground of a terminal it is to stay there.
  const detached = process.platform !== 'win32' && !process.stdin.isTTY
  const settings: SpawnOptions = { cwd, env, stdio, detached }
  const child: ChildProcess =
    typeof command === 'string'
      ? spawn(command, { ...settings, shell: true })
      : spawn(command[0] ?? '', command.slice(1), settings)
  const { pid } = child
  const group = detached && pid !== undefined ? -pid : undefined
  signals.passTo((signal) => void child.kill(signal))
  const end = (): void => {
    if (group === undefined || !tell(group, 'SIGKILL')) child.kill('SIGKILL')
  }
  process.once('exit', end)
  let untold: NodeJS.Timeout | undefined
  const tellAll = (): void => {
    const ms = typeof command === 'string' ? untoldByShellMs : untoldMs
    if (group !== undefined) untold = realSetTimeout(() => void tell(group, signals.received!), ms)
  }
  signals.asked.addEventListener('abort', tellAll, { once: true })
  const unwatch = pid === undefined ? undefined : endWithUs(group ?? pid)
  try {
    const ended = await new Promise<CommandResult>((resolve, reject) => {
      child.once('error', (cause: NodeJS.ErrnoException) => {
        const name = typeof command === 'string' ? command : (command[0] ?? '')
        const why = cause.code === 'ENOENT' ? 'there is no such command' : cause.message
        reject(new MortarError('MORTAR_COMMAND_NOT_FOUND', `\`${name}\` cannot be run: ${why}`, { cause }))
      })
      child.once('close', (code, signal) => {
        resolve({ code: code ?? (signal ? exitCodeOfSignal(signal) : 128), signal })
      })
    })
    if (signals.received && group !== undefined) await endRest(group, signals)
    return ended
  } finally {
    realClearTimeout(untold)
    signals.asked.removeEventListener('abort', tellAll)
    unwatch?.()
    signals.passTo(undefined)
    process.off('exit', end)
  }
}

/** Ends what is left of a group whose first process was told to end, and has. */
async function endRest(group: number, signals: SignalWatch): Promise<void> {
  signals.passTo((signal) => void tell(group, signal))
  const until = realElapsed() + graceMs
  for (let isLeft = tell(group, signals.received!); isLeft; isLeft = tell(group, 0)) {
    if (realElapsed() > until) return void tell(group, 'SIGKILL')
    await pause(lookEveryMs)
  }
}

/** @returns Whether there is anybody. */
function tell(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(group, signal)
  } catch {
    return false
  }
}
