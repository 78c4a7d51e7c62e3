import { mysqlDialect } from '../../protocols/mysql/dialect.ts'
import { fingerprintOf } from '../../protocols/mysql/fingerprint.ts'
import { tokenizeSql } from '../../protocols/sql/tokenize-sql.ts'
import type { SchemaPlan, TablePlan } from './schema-copy.ts'

/** What must be put back: nothing, some tables, or everything, as it may not even have the same tables any more. */
export type Written = readonly TablePlan[] | 'everything'

/** Verbs that change rows of tables which they name. */
const changingRows = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'TRUNCATE', 'LOAD', 'MERGE'])
/** Verbs that leave all rows and tables as they are, although they change something. */
const besides = new Set([
  'GRANT',
  'REVOKE',
  'ANALYZE',
  'OPTIMIZE',
  'REPAIR',
  'CHECK',
  'PURGE',
  'CREATE USER',
  'DROP USER',
])
/** Verbs that run something that is not in the text. */
const hidden = new Set(['CALL', 'EXECUTE', 'DO'])
const drawing = new Set(['nextval', 'setval', 'lastval'])
// As much of a text as is looked at word by word.
const longest = 20_000
const keptTexts = 2_000

/** Knows from the statements of a test which tables it may have written; when in doubt, it has. */
export class WrittenTables {
  readonly #plan: SchemaPlan
  readonly #byName: ReadonlyMap<string, TablePlan>
  readonly #others: ReadonlySet<string>
  readonly #known = new Map<string, Written>()
  readonly #tables = new Set<TablePlan>()
  #everything = false

  constructor(plan: SchemaPlan) {
    this.#plan = plan
    this.#byName = new Map(plan.tables.map((table) => [table.name.toLowerCase(), table]))
    this.#others = new Set([...plan.others].map((name) => name.toLowerCase()))
  }

  /** A statement is asked; `undefined`: one that cannot be read. */
  asked(sql: string | undefined): void {
    const written = sql === undefined ? 'everything' : this.#of(sql)
    if (written === 'everything') this.#everything = true
    else for (const table of written) this.#tables.add(table)
  }

  /** What has been written since the last time. */
  take(): Written {
    const written = this.#everything ? 'everything' : this.#closed(this.#tables)
    this.#everything = false
    this.#tables.clear()
    return written
  }

  #of(sql: string): Written {
    const before = this.#known.get(sql)
    if (before) return before
    const written = this.#read(sql)
    if (this.#known.size >= keptTexts) this.#known.clear()
    if (sql.length < longest) this.#known.set(sql, written)
    return written
  }

  #read(sql: string): Written {
    const { effect, verbs, calls } = fingerprintOf(sql)
    const sequences = this.#plan.sequences && (effect || calls.some((name) => drawing.has(name.toLowerCase())))
    if (sequences || (this.#plan.sequences && /\bnext\s+value\b/i.test(sql))) return 'everything'
    if (verbs.some((verb) => hidden.has(verb))) return this.#plan.tables
    const names = namesIn(sql)
    // A function or a view does what its text says, which is not this one.
    if (names.some((name) => this.#others.has(name)) && (effect || calls.length > 0)) return this.#plan.tables
    if (!effect) return []
    if (/^\s*(?:create|drop)\s+temporary\b[^;]*;?\s*$/i.test(sql)) return []
    const changes = verbs.filter((verb) => !besides.has(verb) && fingerprintOf(verb).effect)
    if (!changes.every((verb) => changingRows.has(verb))) return 'everything'
    if (sql.includes(';', longest)) return this.#plan.tables
    return names.flatMap((name) => this.#byName.get(name) ?? [])
  }

  /** With what the server writes by itself: rows that refer to others, and what triggers do. */
  #closed(tables: ReadonlySet<TablePlan>): Written {
    const all = new Set(tables)
    for (let size = -1; size !== all.size;) {
      size = all.size
      const names = new Set([...all].map(({ name }) => name))
      for (const table of this.#plan.tables) if (table.refersTo.some((name) => names.has(name))) all.add(table)
    }
    if ([...all].some(({ triggers }) => triggers)) for (const table of this.#plan.tables) all.add(table)
    // Putting rows into a table with triggers would run them.
    return [...all].some(({ triggers, filled }) => triggers && filled) ? 'everything' : [...all]
  }
}

function namesIn(sql: string): string[] {
  const tokens = tokenizeSql(sql.slice(0, longest), mysqlDialect)
  return tokens.flatMap(({ kind, text }) =>
    kind === 'name' || kind === 'word' ? [text.replaceAll('`', '').toLowerCase()] : [],
  )
}
