/** A program that migrates the database in `DATABASE_URL`. */
export interface MigrationCommand {
  /** A line for the shell, or a program and its arguments: `prisma migrate deploy`. */
  readonly command: string | readonly string[]
  /** Files or folders whose content decides whether it must be run again. */
  readonly inputs: readonly string[]
  /** How long it may take, milliseconds (default 600 000). */
  readonly timeoutMs?: number
}

/** A row by column: what JSON can hold, dates and bytes. Columns that are left out get their default. */
export type SeedRow = Readonly<Record<string, unknown>>

/** Numbers that look random and are the same every time. */
export interface SeededRandom {
  /** From 0 to 1, without 1. */
  (): number
  /** A whole number, both ends included. */
  int(from: number, to: number): number
  pick<T>(list: readonly T[]): T
  uuid(): string
}

/** What a seed function works with. */
export interface SeedTools {
  /** Inserts rows and returns them as they are stored, with what the database has added. */
  insert(table: string, rows: SeedRow | readonly SeedRow[]): Promise<readonly Record<string, unknown>[]>
  /** Runs SQL and returns its rows, values as text. */
  sql(text: string): Promise<readonly Readonly<Record<string, string | null>>[]>
  readonly random: SeededRandom
}

/** Fills a database by a program. */
export type SeedFunction = (tools: SeedTools) => void | Promise<void>

/** SQL, the path of a `.sql` file, a function, or rows by table. */
export type Seed = string | SeedFunction | Readonly<Record<string, readonly SeedRow[]>>
