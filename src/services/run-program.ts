import { spawn } from 'node:child_process'
import { basename } from 'node:path'
import { MortarError } from '../core/errors.ts'
import { guardedCommand } from './guarded-command.ts'
import type { ServerUser } from './server-user.ts'

/** How a program is run. */
export interface ProgramOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly user?: ServerUser | undefined
  /** Written to its standard input. */
  readonly input?: string
  readonly timeoutMs: number
}

/**
 * Runs a program to its end; it does not survive us.
 *
 * @returns What it printed, on both streams.
 * @throws MortarError `MORTAR_SERVICE_FAILED`, `MORTAR_SERVICE_TIMEOUT`, `MORTAR_DISK_FULL`
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const { cwd, env, user, input = '', timeoutMs } = options
  const name = basename(program)
  const guarded = guardedCommand(program, args, { user, signal: 'SIGKILL' })
  const { uid, gid } = guarded
  const child = spawn(guarded.program, guarded.args, {
    cwd,
    env,
    stdio: 'pipe',
    ...(uid !== undefined && { uid, gid }),
  })
  return new Promise((resolve, reject) => {
    let printed = ''
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeoutMs)
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => void (printed = (printed + chunk.toString()).slice(-20_000)))
    }
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.once('error', (cause: Error) => {
      clearTimeout(timer)
      reject(new MortarError('MORTAR_SERVICE_FAILED', `${name} cannot be run: ${cause.message}`, { cause }))
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (late) reject(new MortarError('MORTAR_SERVICE_TIMEOUT', `${name} did not end within ${timeoutMs} ms`))
      else if (code === 0) resolve(printed)
      else reject(failure(`${name} ended with ${code ?? signal}`, printed))
    })
  })
}

const lastLines = 15

/** The error for a program that ended badly, with the end of what it printed. */
export function failure(message: string, printed: string): MortarError {
  const seen = printed.trimEnd().split('\n').slice(-lastLines).join('\n          ')
  const details = seen === '' ? {} : { seen }
  if (/no space left on device|ENOSPC|disk (?:is )?full|errno: 28/i.test(printed))
    return new MortarError('MORTAR_DISK_FULL', `${message}: there is no space left`, details)
  return new MortarError('MORTAR_SERVICE_FAILED', message, details)
}
