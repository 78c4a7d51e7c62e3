import { MortarError } from '../../../core/errors.ts'
import { realNow } from '../../../core/real-clock.ts'
import { fingerprintOf } from '../../../protocols/postgres/fingerprint.ts'
import type { Parameter } from '../../../protocols/postgres/decode.ts'
import type { OwnSession } from '../../../protocols/postgres/own-session.ts'
import { openSession, type PostgresAddress, postgresFailed } from '../postgres-address.ts'
import { explain } from './explain.ts'
import { planLine } from './plan-line.ts'
import { type JudgedPlan, type PlanFinding, planFindings, type PlanLimits } from './plan-findings.ts'

/** A statement that was recorded. */
export interface RecordedStatement {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

/** What is compared where. */
export interface ComparePlansOptions {
  /** The database as tests see it. */
  readonly small: PostgresAddress
  /** The same with as many rows as production has. */
  readonly large: PostgresAddress
  /** What was recorded; only what reads is asked about, each text once. */
  readonly statements: readonly RecordedStatement[]
  readonly limits?: PlanLimits
  readonly budget?: PlanBudget
}

/** How much is asked at most; what comes after is left out, and said to be. */
export interface PlanBudget {
  /** Different statements (default 200). */
  readonly statements?: number
  /** Milliseconds for all plans (default 10 000). */
  readonly withinMs?: number
}

/** A statement that is quick in tests and will not be in production. */
export interface PlanChange extends PlanFinding {
  readonly fingerprint: string
  readonly sql: string
  /** What the server thinks it costs, in its own units. */
  readonly smallCost: number
  readonly largeCost: number
  /** The plans, a line each. */
  readonly smallPlan: string
  readonly largePlan: string
  /** Rows of its table, where it is about one. */
  readonly smallRows?: number
  readonly largeRows?: number
}

/** What became of all statements. */
export interface PlanComparison {
  readonly changes: readonly PlanChange[]
  /** How many statements have a plan in both. */
  readonly compared: number
  /** Those that could not be explained, and why: parameters that were redacted, for instance. */
  readonly skipped: readonly { readonly fingerprint: string; readonly reason: string }[]
  /** Fingerprints that the budget did not reach. */
  readonly leftOut: readonly string[]
}

/** Asks both databases how they would run what was recorded; runs none of it. @throws MortarError `MORTAR_POSTGRES_FAILED` */
export async function comparePlans(options: ComparePlansOptions): Promise<PlanComparison> {
  const { statements } = options
  const never = new AbortController().signal
  const small = await openSession(options.small, never)
  try {
    const large = await openSession(options.large, never)
    try {
      return await compare(reads(statements), await judge(small), await judge(large), options)
    } finally {
      large.close()
    }
  } catch (error) {
    throw MortarError.is(error) ? error : postgresFailed('cannot compare plans', options.large, error)
  } finally {
    small.close()
  }
}

type Judge = (statement: RecordedStatement) => Promise<JudgedPlan>

async function compare(
  statements: ReadonlyMap<string, RecordedStatement>,
  small: Judge,
  large: Judge,
  { limits, budget = {} }: Pick<ComparePlansOptions, 'limits' | 'budget'>,
): Promise<PlanComparison> {
  const { statements: most = 200, withinMs = 10_000 } = budget
  const until = realNow() + withinMs
  const changes: PlanChange[] = []
  const leftOut: string[] = []
  const skipped: { fingerprint: string; reason: string }[] = []
  let asked = 0
  for (const [fingerprint, statement] of statements) {
    if (asked >= most || realNow() >= until) {
      leftOut.push(fingerprint)
      continue
    }
    asked++
    try {
      const plans = [await small(statement), await large(statement)] as const
      const [smallCost, largeCost] = plans.map(({ plan }) => plan['Total Cost']) as [number, number]
      const [smallPlan, largePlan] = plans.map(({ plan }) => planLine(plan)) as [string, string]
      for (const finding of planFindings(...plans, limits)) {
        const [smallRows, largeRows] = plans.map(({ tableRows }) => tableRows.get(finding.table ?? ''))
        changes.push({
          ...finding,
          fingerprint,
          sql: statement.sql,
          smallCost,
          largeCost,
          smallPlan,
          largePlan,
          ...(smallRows !== undefined && { smallRows }),
          ...(largeRows !== undefined && { largeRows }),
        })
      }
    } catch (error) {
      skipped.push({ fingerprint, reason: (error as Error).message })
    }
  }
  return { changes, compared: asked - skipped.length, skipped, leftOut }
}

/** The last of each text that only reads; it has the parameters of somebody who had come far. */
function reads(statements: readonly RecordedStatement[]): Map<string, RecordedStatement> {
  const kept = new Map<string, RecordedStatement>()
  for (const statement of statements) {
    const { fingerprint, effect, verbs } = fingerprintOf(statement.sql)
    if (verbs.length === 1 && verbs[0] === 'SELECT' && !effect) kept.set(fingerprint, statement)
  }
  return kept
}

async function judge(session: OwnSession): Promise<Judge> {
  // A join of very many tables can be planned for long.
  await session.query("SET statement_timeout = '5s'")
  const sizes = await session.query(`SELECT c.relname, greatest(c.reltuples, 0)::bigint FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%'`)
  const [[workMem] = []] = await session.query("SELECT pg_size_bytes(current_setting('work_mem'))")
  const tableRows = new Map(sizes.map(([name, rows]) => [name!, Number(rows)]))
  return async (statement) => ({
    plan: await explain(session, statement),
    tableRows,
    workMemBytes: Number(workMem),
  })
}
