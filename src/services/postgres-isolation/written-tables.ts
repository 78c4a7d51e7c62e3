import { fingerprintOf } from '../../protocols/postgres/fingerprint.ts'
import { splitSql } from '../../protocols/postgres/split-sql.ts'
import { reachOf } from './statement-reach.ts'

/** What statements have written, as far as their texts tell. */
export interface WrittenTables {
  /** Names as they stand in the statements, without quotes, in small letters: `orders`, `shop.orders`. */
  readonly names: ReadonlySet<string>
  /** Something may have been written that no name tells. */
  readonly doubt: boolean
  /** The schema may be another one. */
  readonly schema: boolean
}

const tableVerbs = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'TRUNCATE', 'COPY'])
const dataVerbs = new Set([...tableVerbs, 'DO', 'CALL', 'EXECUTE', 'NOTIFY', 'VACUUM', 'ANALYZE'])
const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** Gathers what is written. */
export class WriteSet implements WrittenTables {
  readonly names: Set<string> = new Set()
  doubt = false
  schema = false

  get empty(): boolean {
    return this.names.size === 0 && !this.doubt && !this.schema
  }

  /** A statement is run. */
  add(sql: string): void {
    if (!reachOf(sql).stored) return
    for (const { text, words } of splitSql(sql)) {
      if (!reachOf(text).stored) continue
      const { verbs, operation, effect } = fingerprintOf(text)
      const [verb = ''] = verbs
      if (effect && !dataVerbs.has(verb) && verb !== 'SELECT' && verb !== 'EXPLAIN') this.schema = true
      // What calls a function may do anything, and what writes twice names one table only.
      const plain = tableVerbs.has(verb) && words.filter((word) => changing.has(word)).length <= 1 && !calls(text)
      const name = operation
        .slice(verb.length + 1)
        .replaceAll('"', '')
        .toLowerCase()
      const one = verb !== 'TRUNCATE' || !words.includes(',')
      if (plain && one && name !== '') this.names.add(name)
      else this.doubt = true
    }
  }

  clear(): void {
    this.names.clear()
    this.doubt = false
    this.schema = false
  }
}

/** Whether the text would be in doubt even if it only read. */
function calls(text: string): boolean {
  const names = fingerprintOf(text).calls.map((name) => `${name}()`)
  return names.length > 0 && reachOf(`SELECT ${names.join(', ')}`).stored
}
