import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers'
import { MortarError } from '../../core/errors.ts'
import { guardedCommand } from '../guarded-command.ts'
import type { Migrations } from './migrations.ts'

const shownOutput = 2_000
const defaultTimeoutMs = 600_000

/** Takes a whole process group along: what a command has started does not outlive us either. */
const inGroup = 'trap "kill -KILL 0" TERM; "$@" & wait "$!"'

/**
 * Runs the command that migrates, which does not survive us.
 *
 * @throws MortarError `MORTAR_MIGRATION_FAILED` with the end of what it printed
 */
export async function runMigrationCommand(migrations: Migrations, url: string): Promise<void> {
  const { command = '', timeoutMs = defaultTimeoutMs } = migrations
  const child = start(migrations, url)
  let printed = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-shownOutput)
    })
  let late = false as boolean
  const end = (): void => killGroup(child)
  const timer = setTimeout(() => {
    late = true
    end()
  }, timeoutMs)
  process.once('exit', end)
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (exit, signal) => resolve(exit ?? signal))
  })
  process.off('exit', end)
  clearTimeout(timer)
  if (code === 0 && !late) return
  const how = late ? `did not end within ${timeoutMs} ms` : `ended with ${code}`
  throw new MortarError('MORTAR_MIGRATION_FAILED', `the migration command ${how}`, {
    where: typeof command === 'string' ? command : command.join(' '),
    seen: printed.trim() || 'no output',
    ...(late && { hint: 'See what it waits for; `timeoutMs` beside `command` gives it longer.' }),
  })
}

function start(
  { command = '', cwd, env = process.env, variable = 'DATABASE_URL' }: Migrations,
  url: string,
): ChildProcess {
  const words = typeof command === 'string' ? ['/bin/sh', '-c', command] : command
  const onWindows = process.platform === 'win32'
  const { program, args } = guardedCommand('/bin/sh', ['-c', inGroup, 'sh', ...words], {
    user: undefined,
    signal: 'SIGTERM',
  })
  const options: SpawnOptions = {
    cwd,
    // Programs of the project, as npm scripts find them.
    env: {
      ...env,
      PATH: [join(cwd, 'node_modules', '.bin'), env['PATH']].filter(Boolean).join(delimiter),
      DATABASE_URL: url,
      [variable]: url,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  }
  if (!onWindows) return spawn(program, args, { ...options, detached: true })
  if (typeof command === 'string') return spawn(command, { ...options, shell: true })
  return spawn(words[0] ?? '', words.slice(1), options)
}

function killGroup(child: ChildProcess): void {
  try {
    if (process.platform !== 'win32' && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It is gone.
  }
  child.kill('SIGKILL')
}
