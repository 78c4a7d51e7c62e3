import { byTest, type Moment, type Timeline } from './moment.ts'
import { shapeOf, type StatementShape } from './statement-shape.ts'
import { type Transaction, transactionsOf } from './transactions.ts'

/** A statement that can be read by its text. */
export interface ShapedMoment {
  readonly moment: Moment
  readonly shape: StatementShape
}

/** What a transaction wrote to a table that it had read before, at a time when nothing kept others from doing the same. */
export interface UnlockedWrite {
  readonly began: Moment
  /** In the order they were asked. */
  readonly reads: readonly ShapedMoment[]
  readonly write: ShapedMoment
}

const locking = /\bFOR (?:NO KEY )?UPDATE\b|\bFOR (?:KEY )?SHARE\b|\bLOCK (?:TABLE|IN)\b|_advisory_|\bGET_LOCK\b/i
const isolating = /\b(?:SERIALIZABLE|REPEATABLE READ)\b/i
const isolatingAll = /\bSET (?:SESSION|TRANSACTION)\b|\bdefault_transaction_isolation\b/i

/** Each INSERT and UPDATE of a table that its transaction had read before it did anything for which others have to wait. */
export function unlockedWrites({ moments }: Timeline): readonly UnlockedWrite[] {
  return [...byTest(moments).values()].flatMap((inTest) => {
    const isolated = new Set(
      inTest.flatMap(({ facts: { sql, session } }) => (isIn(isolatingAll, sql?.text) ? [session] : [])),
    )
    return transactionsOf(inTest).flatMap((each) => (isolated.has(each.session) ? [] : inTransaction(each)))
  })
}

function inTransaction({ statements }: Transaction): readonly UnlockedWrite[] {
  const [began] = statements
  const found: UnlockedWrite[] = []
  const reads: ShapedMoment[] = []
  if (statements.some(({ facts }) => isIn(isolating, facts.sql?.text))) return []
  let isLocked = false
  for (const moment of statements) {
    const { operation, ok, facts } = moment
    // Who locks a row later on may look at it again.
    if (isIn(locking, facts.sql?.text)) break
    const [verb = '', table] = operation.split(' ')
    const shape = ok === true ? shapeOf(facts.sql!) : undefined
    // What is read after a change may be safe, as others wait for the row that was changed.
    if (shape && verb === 'SELECT' && !isLocked) reads.push({ moment, shape })
    if (shape && (verb === 'INSERT' || verb === 'UPDATE')) {
      const same = reads.filter((read) => read.moment.operation === `SELECT ${table}`)
      if (same.length > 0) found.push({ began, reads: same, write: { moment, shape } })
    }
    if (verb === 'UPDATE' || verb === 'DELETE') isLocked = true
  }
  return found
}

function isIn(pattern: RegExp, text = ''): boolean {
  return pattern.test(text)
}
