import type { Moment, TransactionState } from './moment.ts'
import type { Span } from './overlaps.ts'

/** What became of a transaction; `open`: nobody ended it, or nobody knows. */
export type TransactionOutcome = 'committed' | 'rolled back' | 'open'

/** What one session did between BEGIN and the end of its transaction. */
export interface Transaction {
  readonly session: string
  readonly boundary: string
  /** The one that began it first; the last one is what ended it, unless it is open. */
  readonly statements: readonly [Moment, ...Moment[]]
  readonly outcome: TransactionOutcome
  /** Statements that changed something. */
  readonly writes: readonly Moment[]
  /** Place of its end in the run; infinite while it is open. */
  readonly ended: number
}

/** The transactions of more than one statement, in the order they began. */
export function transactionsOf(moments: readonly Moment[]): readonly Transaction[] {
  const statements = moments.filter(({ facts }) => facts.sql !== undefined && facts.session !== undefined)
  return [...Map.groupBy(statements, ({ facts }) => facts.session!).values()]
    .flatMap(inSession)
    .sort((a, b) => a.statements[0].answered - b.statements[0].answered)
}

function inSession(statements: readonly Moment[]): Transaction[] {
  const found: Transaction[] = []
  let running: [Moment, ...Moment[]] | undefined
  let state: TransactionState = 'idle'
  for (const moment of statements) {
    state = stateAfter(moment, state)
    if (running) running.push(moment)
    else if (state !== 'idle') running = [moment]
    if (!running || state !== 'idle') continue
    found.push(close(running, moment))
    running = undefined
  }
  return running ? [...found, close(running, undefined)] : found
}

/** What the server said, or what the verbs of the statement come to where it did not. */
function stateAfter({ ok, facts }: Moment, before: TransactionState): TransactionState {
  const { transaction, verbs = [] } = facts.sql ?? {}
  if (transaction !== undefined) return transaction
  if (facts.failure) return 'idle'
  const last = verbs.findLast((verb) => verb === 'BEGIN' || verb === 'COMMIT' || verb === 'ROLLBACK')
  if (last === undefined || ok === false) return before
  return last === 'BEGIN' ? 'open' : 'idle'
}

function close(statements: [Moment, ...Moment[]], last: Moment | undefined): Transaction {
  const [first] = statements
  return {
    session: first.facts.session!,
    boundary: first.boundary,
    statements,
    outcome: outcomeOf(last),
    writes: statements.filter(({ effect, ok }) => effect && ok === true),
    ended: last?.answered ?? Number.POSITIVE_INFINITY,
  }
}

function outcomeOf(last: Moment | undefined): TransactionOutcome {
  const { sql, failure } = last?.facts ?? {}
  // Whether a COMMIT whose answer was lost has happened, nobody knows.
  if (!last || !sql || failure) return 'open'
  if (last.ok === false || sql.done === 'ROLLBACK') return 'rolled back'
  return sql.done === '' && sql.verbs.at(-1) === 'ROLLBACK' ? 'rolled back' : 'committed'
}

/** Whether the transaction was open, with nothing under way in it, from before `moment` was asked to after its end. */
export function idleDuring({ statements }: Transaction, moment: Moment): readonly [Moment, Moment] | undefined {
  for (const [i, before] of statements.entries()) {
    const after = statements[i + 1]
    if (after && before.answered < moment.asked && moment.answered < after.asked) return [before, after]
  }
  return undefined
}

/** From after its BEGIN to its end. */
export function spanOf({ statements, ended }: Transaction): Span {
  return { from: statements[0].answered, to: ended }
}
