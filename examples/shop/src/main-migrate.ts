/** Brings the database of `DATABASE_URL` up to date: each file of `migrations` once, in order. */
import { readdirSync, readFileSync } from 'node:fs'
import { openDatabase, transaction } from './database.ts'
import { log } from './log.ts'

const folder = new URL('../migrations/', import.meta.url)
const database = openDatabase(process.env.DATABASE_URL ?? '')
await database.query('CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)')
const { rows } = await database.query<{ name: string }>('SELECT name FROM migrations')
const done = new Set(rows.map(({ name }) => name))
for (const name of readdirSync(folder).sort()) {
  if (done.has(name)) continue
  await transaction(database, async (tx) => {
    await tx.query(readFileSync(new URL(name, folder), 'utf8'))
    await tx.query('INSERT INTO migrations (name) VALUES ($1)', [name])
  })
  log.info('migrated', { name })
}
await database.end()
