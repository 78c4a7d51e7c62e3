import { type ChildProcess, spawn } from 'node:child_process'
import { MortarError } from '../core/errors.ts'
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

/**
 * Runs a command to its end. Signals that we get are passed on, and it is given the time to end by itself.
 *
 * @throws MortarError `MORTAR_COMMAND_NOT_FOUND`
 */
export async function runCommand({ command, cwd, env, output, signals }: CommandOptions): Promise<CommandResult> {
  if (signals.received) return { code: exitCodeOfSignal(signals.received), signal: signals.received }
  const stdio = output === 'inherit' ? 'inherit' : (['inherit', 2, 2] as ['inherit', number, number])
  const child: ChildProcess =
    typeof command === 'string'
      ? spawn(command, { cwd, env, stdio, shell: true })
      : spawn(command[0] ?? '', command.slice(1), { cwd, env, stdio })
  signals.passTo((signal) => void child.kill(signal))
  const end = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', end)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (cause: NodeJS.ErrnoException) => {
        const name = typeof command === 'string' ? command : (command[0] ?? '')
        const why = cause.code === 'ENOENT' ? 'there is no such command' : cause.message
        reject(new MortarError('MORTAR_COMMAND_NOT_FOUND', `\`${name}\` cannot be run: ${why}`, { cause }))
      })
      child.once('close', (code, signal) => {
        resolve({ code: code ?? (signal ? exitCodeOfSignal(signal) : 128), signal })
      })
    })
  } finally {
    signals.passTo(undefined)
    process.off('exit', end)
  }
}
