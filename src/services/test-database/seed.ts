import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { anyText } from '../../core/any-value.ts'
import { MortarError } from '../../core/errors.ts'
import type { Seed, SeedRow, SeedTools } from '../../protocols/sql/test-database.ts'
import { filesUnder, type SqlFile } from './migrations.ts'
import { seedRandom } from './seed-random.ts'

/** A database that is being filled. */
export interface SeedTarget {
  /** Runs a text of SQL. @throws MortarError `MORTAR_MIGRATION_FAILED` */
  run(file: SqlFile): Promise<void>
  insert(table: string, rows: readonly SeedRow[]): Promise<readonly Record<string, unknown>[]>
  readonly rows: SeedTools['sql']
  /** What the server said, if it is the one that failed: its message, and how it names the error. */
  explain(error: unknown): { readonly message: string; readonly seen: string } | undefined
}

/** A seed that is ready to be put in. */
export interface ReadySeed {
  /** Decides, with the migrations, whether a template can be used again. */
  readonly key: string
  /** @throws MortarError `MORTAR_MIGRATION_FAILED` */
  run(target: SeedTarget): Promise<void>
}

/**
 * Reads a seed.
 *
 * @param cwd - Where the path of a file begins.
 * @throws MortarError `MORTAR_MIGRATION_FAILED` when the file cannot be read
 */
export function readSeed(seed: Seed | undefined, cwd: string): ReadySeed {
  if (seed === undefined || seed === '') return { key: '', run: () => Promise.resolve() }
  if (typeof seed === 'string') {
    const isFile = /^[^\n;]+\.sql$/.test(seed) || existsSync(resolve(cwd, seed))
    const files = isFile ? filesUnder(seed, cwd) : [{ path: 'seed', sql: seed }]
    return {
      key: files.map(({ sql }) => sql).join('\n'),
      async run(target) {
        for (const file of files) await target.run(file)
      },
    }
  }
  if (typeof seed === 'function') {
    const key = seed.toString()
    const run = (target: SeedTarget): Promise<void> =>
      told(target, 'the seed function', async () => {
        await seed({
          insert: (table, rows) => target.insert(table, Array.isArray(rows) ? rows : [rows as SeedRow]),
          sql: (text) => target.rows(text),
          random: seedRandom(key),
        })
      })
    return { key, run }
  }
  const tables = Object.entries(seed)
  return {
    key: JSON.stringify(tables),
    async run(target) {
      for (const [table, rows] of tables) await told(target, `the seed of ${table}`, () => target.insert(table, rows))
    },
  }
}

async function told(target: SeedTarget, what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (MortarError.is(error)) throw error
    const said = target.explain(error)
    const message = said?.message ?? (error instanceof Error ? error.message : anyText(error))
    throw new MortarError('MORTAR_MIGRATION_FAILED', `${what} fails: ${message}`, {
      where: what,
      ...(said && { seen: said.seen }),
      cause: error,
    })
  }
}
