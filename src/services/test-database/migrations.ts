import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MortarError } from '../../core/errors.ts'
import type { Seed } from '../../protocols/sql/test-database.ts'

/** How an empty database becomes the one that tests start from. */
export interface Migrations {
  /** A database of the server to begin with, as it is now (default: an empty one). */
  readonly base?: string
  /** Folder of `.sql` files, run in the order of their names; or a file. */
  readonly folder?: string
  /** A line for the shell, or a program with arguments, that migrates the database in `DATABASE_URL`. After the folder. */
  readonly command?: string | readonly string[]
  /** What the command depends on: files or folders whose content, with the command line, decides whether it is run again. */
  readonly commandInputs?: readonly string[]
  /** How long the command may take, milliseconds (default 600 000). */
  readonly timeoutMs?: number
  /** What is put in last. */
  readonly seed?: Seed
  /** Where the command is run and paths begin. */
  readonly cwd: string
  /** What the command finds in its environment besides `DATABASE_URL` (default: what this process has). */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The variable in which the command looks for the address, besides `DATABASE_URL`. */
  readonly variable?: string
}

/** A text of SQL and where it is from. */
export interface SqlFile {
  readonly path: string
  readonly sql: string
}

/** The files of the folder, in the order in which they are run. @throws MortarError `MORTAR_MIGRATION_FAILED` */
export function migrationFiles({ folder, cwd }: Migrations): SqlFile[] {
  if (folder === undefined) return []
  const files = filesUnder(folder, cwd).filter(({ path }) => path.endsWith('.sql'))
  if (files.length > 0) return files
  throw new MortarError('MORTAR_MIGRATION_FAILED', `there is no .sql file in ${folder}`, {
    where: folder,
    hint: 'Correct the path of the migrations, or leave `migrations` out to begin with the database as it is.',
  })
}

/** What the command depends on, with its content. @throws MortarError `MORTAR_MIGRATION_FAILED` */
export function commandInputs({ commandInputs: inputs = [], cwd }: Migrations): SqlFile[] {
  return inputs.flatMap((input) => filesUnder(input, cwd))
}

/** A file, or all files of a folder. @throws MortarError `MORTAR_MIGRATION_FAILED` */
export function filesUnder(path: string, cwd: string): SqlFile[] {
  try {
    const full = resolve(cwd, path)
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
