import type { SqlStatement } from '../../protocols/postgres/split-sql.ts'

/** What a statement does to the transaction of its client. */
export interface TransactionControl {
  readonly does: 'begin' | 'commit' | 'rollback'
  /** What PostgreSQL answers: `START TRANSACTION`. */
  readonly tag: string
  /** A new transaction begins at once. */
  readonly chain: boolean
  readonly readOnly: boolean
}

const verbs: Readonly<Record<string, readonly [does: TransactionControl['does'], tag: string]>> = {
  BEGIN: ['begin', 'BEGIN'],
  START: ['begin', 'START TRANSACTION'],
  COMMIT: ['commit', 'COMMIT'],
  END: ['commit', 'COMMIT'],
  ROLLBACK: ['rollback', 'ROLLBACK'],
  ABORT: ['rollback', 'ROLLBACK'],
}

/** What the statement does to the transaction; `undefined` when it leaves it alone, as all that is about savepoints does. */
export function transactionControl({ words }: SqlStatement): TransactionControl | undefined {
  const [verb = '', ...rest] = words
  const [does, tag] = Object.hasOwn(verbs, verb) ? verbs[verb]! : []
  if (!does || !tag || rest.includes('TO') || rest.includes('PREPARED')) return undefined
  const chain = rest.some((word, i) => word === 'CHAIN' && rest[i - 1] === 'AND')
  const readOnly = rest.some((word, i) => word === 'READ' && rest[i + 1] === 'ONLY')
  return { does, tag, chain, readOnly }
}
