import { MortarError } from '../../core/errors.ts'
import { splitSql } from '../../protocols/postgres/split-sql.ts'
import type { ToleratedPitfall } from '../../protocols/postgres/test-database.ts'
import type { FindHidden } from './hidden-pitfalls.ts'
import { type PinPitfall, pitfallOf, storesTime } from './pin-pitfall.ts'

interface Seen extends PinPitfall {
  readonly statement: string
}

const standsStill = 'the time of the transaction that all share stands still, so both transactions stored the same'
const inTurns = 'they came one after the other, although they would have met in locks and conflicts'

/** Watches one test after the other for what does not work in a shared transaction. */
export class PinWatch {
  readonly #tolerated: ReadonlySet<string>
  #seen: Seen[] = []
  /** Transactions of this test that stored the time. */
  readonly #timed = new Set<string>()

  constructor(tolerated: readonly ToleratedPitfall[] = []) {
    this.#tolerated = new Set(tolerated)
  }

  /** Why the statement must not be run, if it must not. */
  refusal(sql: string, hidden: FindHidden): PinPitfall | undefined {
    const pitfall = pitfallOf(sql) ?? hidden(sql)
    if (pitfall) this.#note(pitfall, sql)
    return pitfall
  }

  /** A statement is run in this transaction, which has a name that no other has. */
  ran(sql: string, transaction: string): void {
    if (!splitSql(sql).some(storesTime)) return
    this.#timed.add(transaction)
    if (this.#timed.size === 2) this.#note({ kind: 'now', reason: standsStill }, sql)
  }

  /** A statement had to wait for the transaction of another connection. */
  waited(sql: string): void {
    this.#note({ kind: 'transactions at once', reason: inTurns }, sql)
  }

  /** What the test that ends did. Begins the next one. */
  refused(test: string, where: string): MortarError | undefined {
    const [first, ...others] = this.#seen
    this.#seen = []
    this.#timed.clear()
    if (!first) return undefined
    const more = others.length === 0 ? '' : `, and ${others.length} more`
    const reason = `"${test}" cannot share one transaction: ${first.kind}: ${first.reason}${more}`
    return new MortarError('MORTAR_PIN_REFUSED', reason, {
      where,
      seen: first.statement.trim().replaceAll(/\s+/g, ' ').slice(0, 200),
    })
  }

  #note(pitfall: PinPitfall, statement: string): void {
    if (this.#tolerated.has(pitfall.kind)) return
    if (this.#seen.some(({ kind }) => kind === pitfall.kind)) return
    this.#seen.push({ ...pitfall, statement })
  }
}
