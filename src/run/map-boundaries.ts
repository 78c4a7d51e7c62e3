import { sep } from 'node:path'
import type { Risk } from '../core/boundary.ts'
import { MortarError } from '../core/errors.ts'
import { notationOf } from '../protocols/notations.ts'
import type { Cassette } from '../store/cassette.ts'
import { openCassettes } from '../store/cassettes.ts'
import { readJournal } from '../store/read-journal.ts'
import { latestRun } from '../store/runs.ts'
import type { LoadedConfig } from './loaded-config.ts'

/** Where a program touches the outside, and what is kept of it. Times are milliseconds since the epoch. */
export interface BoundaryMap {
  /** Path of the config; null when there is none. */
  readonly config: string | null
  /** Those of the config in its order, then those that only recordings name. */
  readonly boundaries: readonly MappedBoundary[]
  /** Null when nothing has run yet. */
  readonly lastRun: { readonly id: string; readonly at: number | null; readonly unknownCalls: number } | null
  /** Cassettes that could not be read. */
  readonly problems: readonly MortarError[]
}

/** One boundary and its recordings. */
export interface MappedBoundary {
  readonly name: string
  /** False when only recordings name it. */
  readonly declared: boolean
  readonly protocol: string
  /** Of a webhook, the path at which the program is called. */
  readonly origins: readonly string[]
  readonly owner: string | null
  readonly risk: Risk
  readonly env: string | null
  readonly recordings: {
    readonly exchanges: number
    readonly cassettes: number
    /** Tests that have a cassette with recordings of this boundary; the others are used by name. */
    readonly tests: number
    readonly oldestAt: number | null
    readonly newestAt: number | null
  }
  /** As the config says it: `7d`; null: recordings never become stale. */
  readonly refreshEvery: string | null
  /** How many recordings are older than that. */
  readonly stale: number
  /** Null when nothing has run yet. */
  readonly lastRun: { readonly asked: number; readonly fromService: number; readonly misses: number } | null
}

interface Tally {
  protocol: string
  exchanges: number
  readonly cassettes: Set<string>
  readonly tests: Set<string>
  readonly times: number[]
}

/** Puts together what config, cassettes and the last run say of each boundary. */
export function mapBoundaries(config: LoadedConfig, now: number): BoundaryMap {
  const { cassettes, problems } = readCassettes(config)
  const tallies = tally(cassettes)
  const run = latestRun(config.directory)
  const uses = run && usesIn(run.directory)
  const declared = new Set(config.boundaries.map(({ name }) => name))
  const undeclared = [...tallies.keys()].filter((name) => !declared.has(name)).toSorted()
  return {
    config: config.file ?? null,
    boundaries: [
      ...config.boundaries.map(({ name, input, origins, refreshEveryMs }) => ({
        ...measured(name, tallies.get(name), uses, refreshEveryMs, now),
        declared: true,
        protocol: input.protocol,
        origins: [...origins, ...pathOf(input)],
        owner: input.owner ?? null,
        risk: input.risk ?? 'medium',
        env: input.env ?? null,
        refreshEvery: input.refreshEvery ?? null,
      })),
      ...undeclared.map((name) => undeclaredBoundary(name, tallies.get(name), uses, now)),
    ],
    lastRun: run && uses ? { id: run.id, at: uses.at, unknownCalls: uses.unknownCalls } : null,
    problems,
  }
}

/** Where the program is called, of a webhook. */
function pathOf(input: LoadedConfig['boundaries'][number]['input']): readonly string[] {
  const { path } = input as { readonly path?: string }
  return input.protocol === 'webhook' && path !== undefined ? [path] : []
}

function undeclaredBoundary(
  name: string,
  tallied: Tally | undefined,
  uses: Uses | undefined,
  now: number,
): MappedBoundary {
  return {
    ...measured(name, tallied, uses, undefined, now),
    declared: false,
    protocol: tallied?.protocol ?? '',
    origins: [],
    owner: null,
    risk: 'medium',
    env: null,
    refreshEvery: null,
  }
}

function readCassettes(config: LoadedConfig): { cassettes: readonly Cassette[]; problems: readonly MortarError[] } {
  const store = openCassettes(config.cassettes, notationOf)
  const problems: MortarError[] = []
  const cassettes = store.list().flatMap((file) => {
    try {
      return [store.read(file)]
    } catch (error) {
      if (!MortarError.is(error)) throw error
      problems.push(shortened(error, config.directory))
      return []
    }
  })
  return { cassettes, problems }
}

/** The same error with a path that a person would type. */
function shortened(error: MortarError, directory: string): MortarError {
  const { code, reason, where, expected, seen, hint, cause } = error
  return new MortarError(code, reason, {
    ...(where !== undefined && { where: where.replaceAll(`${directory}${sep}`, '') }),
    ...(expected !== undefined && { expected }),
    ...(seen !== undefined && { seen }),
    hint,
    cause,
  })
}

function tally(cassettes: readonly Cassette[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>()
  for (const { file, test, exchanges } of cassettes) {
    for (const { boundary, protocol, askedAt } of exchanges) {
      let known = tallies.get(boundary)
      if (!known) {
        known = { protocol, exchanges: 0, cassettes: new Set(), tests: new Set(), times: [] }
        tallies.set(boundary, known)
      }
      known.exchanges++
      known.cassettes.add(file)
      if (test.file !== '') known.tests.add(`${test.file}\n${test.name}`)
      known.times.push(askedAt)
    }
  }
  return tallies
}

function measured(
  name: string,
  tallied: Tally | undefined,
  uses: Uses | undefined,
  refreshEveryMs: number | undefined,
  now: number,
): Pick<MappedBoundary, 'name' | 'recordings' | 'stale' | 'lastRun'> {
  const times = (tallied?.times ?? []).toSorted((a, b) => a - b)
  return {
    name,
    recordings: {
      exchanges: tallied?.exchanges ?? 0,
      cassettes: tallied?.cassettes.size ?? 0,
      tests: tallied?.tests.size ?? 0,
      oldestAt: times[0] ?? null,
      newestAt: times.at(-1) ?? null,
    },
    stale: refreshEveryMs === undefined ? 0 : times.filter((at) => now - at > refreshEveryMs).length,
    lastRun: uses ? (uses.byBoundary.get(name) ?? { asked: 0, fromService: 0, misses: 0 }) : null,
  }
}

interface Uses {
  readonly at: number | null
  readonly unknownCalls: number
  readonly byBoundary: ReadonlyMap<string, { asked: number; fromService: number; misses: number }>
}

function usesIn(runDirectory: string): Uses {
  const byBoundary = new Map<string, { asked: number; fromService: number; misses: number }>()
  const of = (name: string): { asked: number; fromService: number; misses: number } => {
    let use = byBoundary.get(name)
    if (!use) byBoundary.set(name, (use = { asked: 0, fromService: 0, misses: 0 }))
    return use
  }
  const { events } = readJournal(runDirectory)
  let unknownCalls = 0
  for (const event of events) {
    if (event.t === 'ask') {
      of(event.boundary).asked++
      if (event.by === 'service') of(event.boundary).fromService++
    } else if (event.t === 'miss') of(event.boundary).misses++
    else if (event.t === 'unknown') unknownCalls++
  }
  return { at: events[0]?.at ?? null, unknownCalls, byBoundary }
}
