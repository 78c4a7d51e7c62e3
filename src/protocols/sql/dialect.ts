/** What one server's SQL looks like, as far as reading it without its values takes. Expressions are sticky. */
export interface SqlDialect {
  /** Words that a fingerprint shows in capitals; any other word is a name. */
  readonly words: ReadonlySet<string>
  /** Comments up to the end of a line, and whatever else is skipped like blanks. */
  readonly comments: readonly RegExp[]
  /** Whether a comment may hold another one. */
  readonly nestedComments: boolean
  /** Literals and parameters. */
  readonly values: readonly RegExp[]
  /** A literal that ends with what it begins with: `$tag$ … $tag$`. */
  readonly fence?: RegExp
  /** Stands where the client sends a value beside the text. */
  readonly placeholder: RegExp
  readonly quotedName: RegExp
  /** The quote around names. */
  readonly nameQuote: '"' | '`'
  /** What needs no quotes, and how a name without them is spelt. */
  readonly plainName: RegExp
  readonly fold: (name: string) => string
  readonly word: RegExp
  readonly longSign: RegExp
  /** Verbs that are another one: `START` is `BEGIN`. */
  readonly aliases: Readonly<Record<string, string>>
  /** Verbs that change nothing that is stored. */
  readonly harmless: ReadonlySet<string>
  /** After which words the main table of a verb stands. */
  readonly tableFollows: Readonly<Record<string, readonly string[]>>
  /** Words that may stand before a table's name. */
  readonly beforeTable: ReadonlySet<string>
  /** Whether `SELECT … INTO` makes a table. */
  readonly selectIntoStores: boolean
  /** The schema that goes without saying. */
  readonly usualSchema?: string
}

/** Verbs that change nothing on any server. */
export const harmlessVerbs: readonly string[] = [
  'SELECT', 'VALUES', 'SHOW', 'SET', 'RESET', 'BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'FETCH', 'MOVE',
  'CLOSE', 'DECLARE', 'PREPARE', 'DEALLOCATE', 'DISCARD', 'LISTEN', 'UNLISTEN', 'EXPLAIN', 'LOCK', 'WITH', 'CHECKPOINT',
] // prettier-ignore

/** Where the table stands, on any server. */
export const usualTableFollows: Readonly<Record<string, readonly string[]>> = {
  SELECT: ['FROM'],
  INSERT: ['INTO'],
  MERGE: ['INTO'],
  DELETE: ['FROM'],
  UPDATE: ['UPDATE'],
  COPY: ['COPY'],
  TRUNCATE: ['TRUNCATE'],
  LOCK: ['LOCK'],
  REFRESH: ['VIEW'],
  LISTEN: ['LISTEN'],
  UNLISTEN: ['UNLISTEN'],
  NOTIFY: ['NOTIFY'],
  CALL: ['CALL'],
  EXECUTE: ['EXECUTE'],
  PREPARE: ['PREPARE'],
}
