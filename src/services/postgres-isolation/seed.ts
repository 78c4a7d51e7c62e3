import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { MortarError } from '../../core/errors.ts'
import { type OwnSession, PostgresFailed } from '../../protocols/postgres/own-session.ts'
import type { Seed, SeedRow } from '../../protocols/postgres/test-database.ts'
import { insertRows } from './insert-rows.ts'
import { filesUnder, runSql } from './migrations.ts'
import { seedRandom } from './seed-random.ts'

/** A seed that is ready to be put in. */
export interface ReadySeed {
  /** Decides, with the migrations, whether a template can be used again. */
  readonly key: string
  /** @throws MortarError `MORTAR_MIGRATION_FAILED` */
  run(session: OwnSession): Promise<void>
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
      async run(session) {
        for (const file of files) await runSql(session, file)
      },
    }
  }
  if (typeof seed === 'function') {
    const key = seed.toString()
    const run = (session: OwnSession): Promise<void> =>
      told('the seed function', async () => {
        await seed({
          insert: (table, rows) => insertRows(session, table, Array.isArray(rows) ? rows : [rows as SeedRow]),
          sql: (text) => session.rows(text),
          random: seedRandom(key),
        })
      })
    return { key, run }
  }
  const tables = Object.entries(seed)
  return {
    key: JSON.stringify(tables),
    async run(session) {
      for (const [table, rows] of tables) await told(`the seed of ${table}`, () => insertRows(session, table, rows))
    },
  }
}

async function told(what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (MortarError.is(error)) throw error
    const server = error instanceof PostgresFailed ? error.server : undefined
    throw new MortarError('MORTAR_MIGRATION_FAILED', `${what} fails: ${server?.message ?? (error as Error).message}`, {
      where: what,
      ...(server && { seen: `SQLSTATE ${server.code}${server.detail ? `, ${server.detail}` : ''}` }),
      cause: error,
    })
  }
}
