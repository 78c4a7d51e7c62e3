import { clipValue } from './clip-value.ts'
import type { Asked, Candidate, Finding } from './explain.ts'
import { type Difference, kindOf } from './facet-difference.ts'

/** Differences shown of each recording. */
const maxShown = 8

/** Writes a miss down for people: what was asked, the cause, the closest recordings, the fix. */
export function missText(asked: Asked, finding: Finding, candidateCount: number, fix: string): string {
  const test = asked.test ? `, ${nameOf(asked.test)}` : ''
  const lines = [
    `No recording answers ${asked.summary}`,
    `  at boundary ${asked.boundary}${test}, mode ${asked.mode}`,
    '',
    `Cause: ${causeText(asked, finding, candidateCount)}`,
  ]
  // The recordings of the very question have nothing to compare.
  const shown = finding.exact.length > 0 ? [] : finding.nearest
  if (shown.length > 0) lines.push('', shown.length === 1 ? 'Closest recording:' : 'Closest recordings:')
  for (const [i, { candidate, differences: all }] of shown.entries()) {
    // Of another operation the title says it all, but for where it was asked.
    const differences = finding.cause === 'nothing-recorded' ? all.filter(({ path }) => path === 'origin') : all
    lines.push(`  ${i + 1}. ${titleOf(candidate)}`, ...differenceTable(differences).map((line) => `     ${line}`))
  }
  lines.push('', `Fix: ${fix}`)
  return lines.join('\n')
}

function causeText(asked: Asked, { cause, exact, nearest }: Finding, candidateCount: number): string {
  const [first] = exact
  const best = nearest[0]
  switch (cause) {
    case 'already-consumed':
      return (
        `already consumed. ${first!.cassette} has ${times(exact.length, 'recording')} of this request, ` +
        'and the test asks more often than that.'
      )
    case 'expired':
      return `expired. ${first!.cassette} has this request, but recorded on ${day(first!.recordedAt)}, which is longer ago than the boundary allows.`
    case 'other-test':
      return `recorded for another test. Only ${first!.test ? nameOf(first!.test) : 'a run outside of tests'} has this request, in ${first!.cassette}.`
    case 'redacted-differently':
      return `redacted differently. The request is recorded, but ${listed(best!.differences.map(redactionText), 3)}; the redaction rules have changed since.`
    case 'differs':
      return best!.differences.length === 0
        ? 'not the same. The closest recording shows no difference, but `match.same` says that it is another request.'
        : `differs in ${listed(
            best!.differences.map(({ path }) => path),
            4,
          )} from the closest recording.`
    case 'nothing-recorded':
      return candidateCount === 0
        ? `nothing recorded. There is no recording at all for boundary ${asked.boundary} that this test could use.`
        : `nothing recorded. There is no recording of ${asked.operation}; the closest ones are of something else.`
  }
}

function redactionText({ path, asked = '', recorded = '' }: Difference): string {
  return `${path} is ${safe(asked, recorded)} here and ${safe(recorded, asked)} there`
}

/** A value whose counterpart is redacted may be a secret that the present rules do not know. */
function safe(value: string, other: string): string {
  return !value.includes('{{') && other.includes('{{')
    ? `(not redacted, ${value.length} characters)`
    : clipValue(value, other)
}

function titleOf({ identity, cassette, recordedAt, state, test }: Candidate): string {
  const states = {
    available: 'not used yet',
    consumed: 'already consumed',
    expired: 'expired',
    'other-test': test ? `for ${nameOf(test)}` : 'outside of tests',
  } as const
  return `${identity.method} ${identity.path}, recorded ${day(recordedAt)}, ${states[state]} (${cassette})`
}

function differenceTable(differences: readonly Difference[]): readonly string[] {
  if (differences.length === 0) return []
  const rows = differences.slice(0, maxShown).map((difference) => {
    const { path, asked, recorded } = difference
    const show = kindOf(difference) === 'redaction' ? safe : clipValue
    return [
      path,
      asked === undefined ? '(absent)' : show(asked, recorded ?? ''),
      recorded === undefined ? (asked?.startsWith('(') ? '' : '(absent)') : show(recorded, asked ?? ''),
    ] as const
  })
  const table = [['', 'asked', 'recorded'] as const, ...rows]
  const width = (column: 0 | 1): number => Math.max(...table.map((row) => row[column].length))
  const lines = table.map((row) => `${row[0].padEnd(width(0))}  ${row[1].padEnd(width(1))}  ${row[2]}`.trimEnd())
  return differences.length > maxShown ? [...lines, `… and ${differences.length - maxShown} more`] : lines
}

function nameOf({ file, name }: { readonly file: string; readonly name: string }): string {
  return `test "${name}"${file ? ` in ${file}` : ''}`
}

function listed(items: readonly string[], most: number): string {
  const shown = items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : items
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

function times(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
