import { errorHints } from '../../core/error-codes.ts'
import { age, plural } from '../wording.ts'
import type { SummaryInput } from './input.ts'
import { concerning, type RankedFinding } from './ranked-finding.ts'
import { reproduce } from './reproduce.ts'
import { crossings, type Tally } from './tally.ts'
import type { BoundarySummary } from './types.ts'

/** What is wrong with boundaries, their recordings, and addresses that belong to none. */
export function boundaryFindings(
  input: SummaryInput,
  tally: Tally,
  boundaries: readonly BoundarySummary[],
): readonly RankedFinding[] {
  return [
    ...unknownFindings(input, tally),
    ...boundaries.filter(({ stale }) => stale.length > 0).map((boundary) => staleFinding(boundary, input.now)),
    // When nothing was asked at all, one finding says so instead of one per boundary.
    ...(crossings(tally) === 0 ? [] : boundaries.filter(isUnused).map((one) => unusedFinding(one, input))),
  ]
}

function unknownFindings(input: SummaryInput, { unknown }: Tally): readonly RankedFinding[] {
  const groups = Map.groupBy(unknown, ({ address, policy }) => `${policy} ${address}`)
  return [...groups.values()].map((group) => unknownFinding(input, group))
}

function unknownFinding(input: SummaryInput, group: Tally['unknown']): RankedFinding {
  const { address, policy, test } = group[0]!
  const refused = policy === 'error'
  const calls = plural(group.length, 'call')
  return {
    harm: refused ? 'unknown-refused' : 'unknown-passed',
    risk: 'medium',
    severity: refused ? 'error' : 'warning',
    code: 'MORTAR_UNKNOWN_DESTINATION',
    title: `${address} belongs to no boundary: ${calls} ${refused ? 'refused' : 'passed through'}`,
    detail: refused ? '' : 'The real service was called; nothing was recorded and nothing was checked.',
    fix: errorHints.MORTAR_UNKNOWN_DESTINATION,
    command: reproduce(input.command, test),
    boundary: null,
    ...concerning(group.map((one) => one.test)),
  }
}

function staleFinding(boundary: BoundarySummary, now: number): RankedFinding {
  const { name, risk, stale, stalePolicy, recordings, refreshEveryMs } = boundary
  const count = stale.reduce((sum, { exchanges }) => sum + exchanges, 0)
  const lines = stale.slice(0, 5).map(({ file, exchanges, oldestAt }) => {
    const old = oldestAt === null ? 'no date' : `${age(now - oldestAt)} old`
    return `${file}: ${plural(exchanges, 'recording')}, ${old}`
  })
  if (stale.length > 5) lines.push(`and ${plural(stale.length - 5, 'more cassette')}`)
  return {
    harm: stalePolicy === 'fail' ? 'stale-fails' : 'stale',
    risk,
    severity: stalePolicy === 'fail' ? 'error' : 'warning',
    code: 'MORTAR_CASSETTE_STALE',
    title: `${name}: ${count} of ${plural(recordings.exchanges, 'recording')} older than ${age(refreshEveryMs!)}`,
    detail: lines.join('\n'),
    fix: errorHints.MORTAR_CASSETTE_STALE,
    command: 'npx mortar record',
    boundary: name,
    ...concerning([]),
  }
}

function isUnused(boundary: BoundarySummary): boolean {
  return boundary.declared && boundary.exchanges + boundary.misses === 0
}

function unusedFinding({ name, risk, origin, recordings }: BoundarySummary, input: SummaryInput): RankedFinding {
  const hint = input.boundaries.find((one) => one.name === name)?.unusedHint
  return {
    harm: 'unused',
    risk,
    severity: 'warning',
    code: 'MORTAR_BOUNDARY_UNUSED',
    title: `${name} was not used in this run`,
    detail: [origin, recordings.exchanges > 0 ? `${plural(recordings.exchanges, 'recording')} not used` : '']
      .filter(Boolean)
      .join('\n'),
    fix: hint ?? errorHints.MORTAR_BOUNDARY_UNUSED,
    command: null,
    boundary: name,
    ...concerning([]),
  }
}
