import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { MortarError } from '../core/errors.ts'

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
}

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a command to its end. Signals that we get are passed on, and it is given the time to end by itself.
 *
 * @throws MortarError `MORTAR_COMMAND_NOT_FOUND`
 */
export async function runCommand({ command, cwd, env, output }: CommandOptions): Promise<CommandResult> {
  const stdio = output === 'inherit' ? 'inherit' : (['inherit', 2, 2] as ['inherit', number, number])
  const child: ChildProcess =
    typeof command === 'string'
      ? spawn(command, { cwd, env, stdio, shell: true })
      : spawn(command[0] ?? '', command.slice(1), { cwd, env, stdio })
  const pass = (signal: NodeJS.Signals): void => {
    child.kill(signal)
  }
  for (const signal of forwarded) process.on(signal, pass)
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
        resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), signal })
      })
    })
  } finally {
    for (const signal of forwarded) process.off(signal, pass)
    process.off('exit', end)
  }
}
