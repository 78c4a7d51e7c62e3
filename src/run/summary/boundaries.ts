import type { DeclaredBoundary, RecordedExchange, SummaryInput } from './input.ts'
import { type Pair, type Tally, testKey } from './tally.ts'
import type { BoundarySummary, OperationUse, Recordings, StaleCassette } from './types.ts'

/** One summary for each boundary of the config, then for each that only the journal or the cassettes know. */
export function summarizeBoundaries(input: SummaryInput, tally: Tally): readonly BoundarySummary[] {
  const pairs = Map.groupBy(tally.pairs, ({ ask }) => ask.boundary)
  const misses = Map.groupBy(tally.misses, ({ boundary }) => boundary)
  const recordings = Map.groupBy(input.recordings, ({ boundary }) => boundary)
  const declared = new Set(input.boundaries.map(({ name }) => name))
  const others = new Set([...pairs.keys(), ...misses.keys(), ...recordings.keys()]).difference(declared)
  const all: readonly DeclaredBoundary[] = [
    ...input.boundaries,
    ...[...others].map((name) => ({ name, protocol: pairs.get(name)?.[0]?.ask.protocol ?? '' })),
  ]
  return all.map((boundary): BoundarySummary => {
    const { name, refreshEveryMs } = boundary
    const asked = pairs.get(name) ?? []
    const missed = misses.get(name) ?? []
    const recorded = recordings.get(name) ?? []
    const exercised = operationsOf(asked)
    const names = new Set(exercised.map((use) => use.name))
    const tests = new Set([...asked.map(({ ask }) => testKey(ask.test)), ...missed.map(({ test }) => testKey(test))])
    tests.delete('')
    return {
      name,
      protocol: boundary.protocol,
      origin: boundary.origin ?? null,
      owner: boundary.owner ?? null,
      risk: boundary.risk ?? 'medium',
      declared: declared.has(name),
      exchanges: asked.length,
      fromCassette: asked.filter(({ ask }) => ask.by === 'cassette').length,
      fromService: asked.filter(({ ask }) => ask.by === 'service').length,
      notOk: asked.filter(({ end }) => end?.ok === false).length,
      misses: missed.length,
      tests: tests.size,
      exercised,
      recordedOnly: [...new Set(recorded.map(({ operation }) => operation))].filter((one) => !names.has(one)).sort(),
      contractOnly: input.contracts?.[name]?.filter((template) => !covered(template, names)) ?? null,
      recordings: recordingsOf(recorded),
      refreshEveryMs: refreshEveryMs ?? null,
      stalePolicy: boundary.stale ?? 'warn',
      stale: refreshEveryMs === undefined ? [] : staleOf(recorded, input.now - refreshEveryMs),
    }
  })
}

/** How many recordings there are and how old they are. */
export function recordingsOf(recorded: readonly RecordedExchange[]): Recordings {
  let oldestAt: number | null = null
  let newestAt: number | null = null
  let undated = 0
  for (const { recordedAt } of recorded) {
    if (recordedAt === null) undated++
    else {
      oldestAt = Math.min(oldestAt ?? recordedAt, recordedAt)
      newestAt = Math.max(newestAt ?? recordedAt, recordedAt)
    }
  }
  const files = new Set(recorded.map(({ file }) => file)).size
  return { exchanges: recorded.length, files, oldestAt, newestAt, undated }
}

function operationsOf(pairs: readonly Pair[]): readonly OperationUse[] {
  const uses = [...Map.groupBy(pairs, ({ ask }) => ask.operation)].map(([name, group]): OperationUse => {
    const times = group.flatMap(({ end }) => (end === undefined ? [] : [end.durationMs])).sort((a, b) => a - b)
    return {
      name,
      effect: group.some(({ ask }) => ask.effect),
      count: group.length,
      notOk: group.filter(({ end }) => end?.ok === false).length,
      medianMs: times[Math.floor((times.length - 1) / 2)] ?? null,
      maxMs: times.at(-1) ?? null,
    }
  })
  return uses.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

function staleOf(recorded: readonly RecordedExchange[], oldestFresh: number): readonly StaleCassette[] {
  const stale = recorded.filter(({ recordedAt }) => recordedAt === null || recordedAt < oldestFresh)
  const files = [...Map.groupBy(stale, ({ file }) => file)].map(([file, group]): StaleCassette => {
    const { oldestAt, undated } = recordingsOf(group)
    return { file, exchanges: group.length, oldestAt: undated > 0 ? null : oldestAt }
  })
  return files.sort((a, b) => (a.oldestAt ?? 0) - (b.oldestAt ?? 0) || (a.file < b.file ? -1 : 1))
}

/** Whether one of the operations is the one of the contract, where `{…}` stands for one segment. */
function covered(template: string, operations: ReadonlySet<string>): boolean {
  if (operations.has(template)) return true
  if (!template.includes('{')) return false
  const parts = template.split(/\{[^}]*\}/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  const pattern = new RegExp(`^${parts.join('[^/]+')}$`)
  return operations.values().some((operation) => pattern.test(operation))
}
