import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MortarError } from '../../core/errors.ts'
import { type OwnSession, PostgresFailed } from '../../protocols/postgres/own-session.ts'

/** How an empty database becomes the one that tests start from. */
export interface Migrations {
  /** Folder of `.sql` files, run in the order of their names; or a file. */
  readonly folder?: string
  /** A command line that migrates the database in `DATABASE_URL`. Runs after the folder. */
  readonly command?: string
  /** What the command depends on: files or folders whose content, with the command line, decides whether it is run again. */
  readonly commandInputs?: readonly string[]
  /** SQL that is run last. */
  readonly seed?: string
  /** Where the command is run and paths begin. */
  readonly cwd: string
}

/** A text of SQL and where it is from. */
export interface SqlFile {
  readonly path: string
  readonly sql: string
}

const shownOutput = 2_000

/** The files of the folder, in the order in which they are run. @throws MortarError `MORTAR_MIGRATION_FAILED` */
export function migrationFiles({ folder, cwd }: Migrations): SqlFile[] {
  return folder === undefined ? [] : filesUnder(folder, cwd).filter(({ path }) => path.endsWith('.sql'))
}

/** What the command depends on, with its content. @throws MortarError `MORTAR_MIGRATION_FAILED` */
export function commandInputs({ commandInputs: inputs = [], cwd }: Migrations): SqlFile[] {
  return inputs.flatMap((input) => filesUnder(input, cwd))
}

/** Runs one file in one transaction. @throws MortarError `MORTAR_MIGRATION_FAILED` with file, line and SQLSTATE */
export async function runSql(session: OwnSession, { path, sql }: SqlFile): Promise<void> {
  try {
    await session.query(sql)
  } catch (error) {
    if (!(error instanceof PostgresFailed)) throw error
    const { position, detail } = error.server
    const line =
      position === undefined ? '' : `:${[...sql].slice(0, position - 1).filter((char) => char === '\n').length + 1}`
    throw new MortarError('MORTAR_MIGRATION_FAILED', `${path} fails: ${error.server.message}`, {
      where: `${path}${line}`,
      seen: `SQLSTATE ${error.server.code}${detail ? `, ${detail}` : ''}`,
      cause: error,
    })
  }
}

/** Runs the command. @throws MortarError `MORTAR_MIGRATION_FAILED` with the end of what it printed */
export async function runMigrationCommand(command: string, cwd: string, url: string): Promise<void> {
  const child = spawn(command, {
    cwd,
    shell: true,
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-shownOutput)
    })
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (exit, signal) => resolve(exit ?? signal))
  })
  if (code === 0) return
  throw new MortarError('MORTAR_MIGRATION_FAILED', `the migration command ended with ${code}`, {
    where: command,
    seen: printed.trim() || 'no output',
  })
}

function filesUnder(path: string, cwd: string): SqlFile[] {
  try {
    const full = join(cwd, path)
    if (!statSync(full).isDirectory()) return [{ path, sql: readFileSync(full, 'utf8') }]
    return readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(full.length + 1)
          .replaceAll('\\', '/'),
      )
      .sort()
      .map((name) => ({ path: `${path}/${name}`, sql: readFileSync(join(full, name), 'utf8') }))
  } catch (cause) {
    throw new MortarError('MORTAR_MIGRATION_FAILED', `${path} cannot be read`, {
      where: path,
      seen: (cause as Error).message,
      hint: 'Correct the path of the migrations; it is relative to the config file.',
      cause,
    })
  }
}
