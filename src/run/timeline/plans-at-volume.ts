import { MortarError } from '../../core/errors.ts'
import { realNow } from '../../core/real-clock.ts'
import { plural } from '../../core/wording.ts'
import type { PostgresBoundaryInput } from '../../protocols/postgres/boundary.ts'
import type { ReadyService } from '../../services/attempt.ts'
import type { PlanChange, PlanComparison } from '../../services/postgres-isolation/plans/compare-plans.ts'
import { plansOfBoundary } from '../../services/postgres-isolation/plans/plans-of-boundary.ts'
import type { JournalEvent } from '../../store/journal-event.ts'
import type { TimelineFinding } from '../../timeline/finding.ts'
import { byTest, type Moment, type Timeline } from '../../timeline/moment.ts'
import type { LoadedConfig } from '../loaded-config.ts'

/** Where statements are asked about. */
export interface PlansAtVolumeOptions {
  readonly config: LoadedConfig
  /** Those that answer now. */
  readonly servers: readonly ReadyService[]
  /** The environment of the program under test. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends it early, with nothing found. */
  readonly signal: AbortSignal
  /** Hears, in a line for people, that many rows are being made. */
  readonly onMaking: (line: string) => void
}

/** What was found, and what could not be found out. */
export interface PlansAtVolume {
  readonly findings: readonly TimelineFinding[]
  readonly warnings: readonly Extract<JournalEvent, { t: 'warning' }>[]
}

/**
 * Asks the servers of a run how they would run what was read, with as many rows as `volume` of a boundary says. What
 * the server cannot be asked becomes a warning: the run itself has been what it has been.
 */
export async function plansAtVolume(timeline: Timeline, options: PlansAtVolumeOptions): Promise<PlansAtVolume> {
  const { config, servers, env, signal, onMaking } = options
  const findings: TimelineFinding[] = []
  const warnings: Extract<JournalEvent, { t: 'warning' }>[] = []
  for (const { name, input } of config.boundaries) {
    const { volume = {}, isolation, migrations } = input as PostgresBoundaryInput
    const server = servers.find((each) => each.name === name)
    const asked = readsOf(timeline, name)
    if (input.protocol !== 'postgres' || !server || asked.size === 0 || Object.keys(volume).length === 0) continue
    if (isolation === 'none' && migrations === undefined) {
      // What tests have written is in the database; a copy of it would be another one after each run.
      const reason = "with `isolation: 'none'` and no `migrations` there is nothing to copy and fill"
      const skipped = Array.from(asked.keys(), (fingerprint) => ({ fingerprint, reason }))
      findings.push(...findingsOf(name, asked, { changes: [], compared: 0, skipped, leftOut: [] }))
      continue
    }
    try {
      const compared = await plansOfBoundary({
        url: server.url,
        input: input as PostgresBoundaryInput,
        directory: config.directory,
        env,
        statements: [...asked.values()].map((moments) => statementOf(moments.at(-1)!)),
        signal,
        onMaking: () => onMaking(`mortar: ${name}: making ${rowsOf(volume)}, once for this volume, to compare plans`),
      })
      if (compared) findings.push(...findingsOf(name, asked, compared))
    } catch (error) {
      if (signal.aborted) break
      if (!MortarError.is(error)) throw error
      warnings.push({ t: 'warning', at: realNow(), code: error.code, message: withBoundary(name, error) })
    }
  }
  return { findings, warnings }
}

/** What was read, by fingerprint, the most often asked first. */
function readsOf({ moments }: Timeline, boundary: string): ReadonlyMap<string, readonly Moment[]> {
  const reads = moments.filter(
    ({ boundary: name, effect, ok, facts }) =>
      name === boundary && !effect && ok === true && facts.sql?.verbs[0] === 'SELECT',
  )
  const groups = [...Map.groupBy(reads, ({ facts }) => facts.sql!.fingerprint)]
  return new Map(groups.sort(([, a], [, b]) => b.length - a.length))
}

function statementOf({ facts }: Moment): { readonly sql: string; readonly parameters: readonly (string | null)[] } {
  return { sql: facts.sql!.text, parameters: facts.sql!.parameters }
}

function rowsOf(volume: NonNullable<PostgresBoundaryInput['volume']>): string {
  const tables = Object.entries(volume).map(([table, of]) => {
    const rows = typeof of === 'number' ? of : of.rows
    return `${plural(rows, 'row')} of ${table}`
  })
  return tables.join(', ')
}

function withBoundary(name: string, { reason, where, seen }: MortarError): string {
  const more = [where, seen].filter(Boolean).join(', ')
  return `${name}: plans are not compared at volume: ${reason}${more === '' ? '' : ` (${more})`}`
}

function findingsOf(
  boundary: string,
  asked: ReadonlyMap<string, readonly Moment[]>,
  { changes, skipped, leftOut }: PlanComparison,
): readonly TimelineFinding[] {
  const found = changes.flatMap((change) => {
    const moments = asked.get(change.fingerprint) ?? []
    return [...byTest(moments).values()].map((ofTest) => changeFinding(boundary, change, ofTest))
  })
  const missing = [
    ...skipped.map(({ fingerprint, reason }) => `${fingerprint}: ${reason}`),
    ...leftOut.map((fingerprint) => `${fingerprint}: out of the budget of statements and time`),
  ]
  if (missing.length === 0) return found
  const all = plural(asked.size, 'statement')
  return [
    ...found,
    {
      code: 'plans-not-compared',
      severity: 'note',
      boundary,
      test: null,
      title: `${boundary}: the plans of ${missing.length} of ${all} are not known at volume`,
      detail: missing,
      likeness: '',
      exchanges: [...skipped.map(({ fingerprint }) => fingerprint), ...leftOut].flatMap((fingerprint) =>
        (asked.get(fingerprint) ?? []).slice(-1).map(({ id }) => id),
      ),
    },
  ]
}

function changeFinding(boundary: string, change: PlanChange, moments: readonly Moment[]): TimelineFinding {
  const { fingerprint, kind, table, summary, index, smallPlan, smallCost, smallRows, largePlan, largeCost, largeRows } =
    change
  const { operation, test } = moments[0]!
  const rows = (count: number | undefined): string =>
    count === undefined ? '' : ` (${plural(count, 'row')} of ${table})`
  const hint = `\`CREATE INDEX ON ${index}\` would most likely spare it; see with EXPLAIN, or ask for fewer rows.`
  return {
    code: 'plan-changes-at-volume',
    severity: 'warning',
    boundary,
    test,
    title: `${boundary}: with many rows, ${operation} ${summary}`,
    detail: [
      fingerprint,
      `in tests${rows(smallRows)}: ${smallPlan}, cost ${Math.round(smallCost)}`,
      `at volume${rows(largeRows)}: ${largePlan}, cost ${Math.round(largeCost)}`,
    ],
    ...(index !== undefined && { fix: hint }),
    likeness: `${kind} ${table ?? ''} ${fingerprint}`,
    exchanges: moments.map(({ id }) => id),
  }
}
