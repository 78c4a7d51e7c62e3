import { duration } from '../../core/wording.ts'
import type { Patient } from '../diagnosis/diagnose.ts'
import type { Diagnosis } from '../diagnosis/diagnosis.ts'
import { distinct, type TimelineFinding, timelineHints } from '../finding.ts'
import type { Moment, Timeline } from '../moment.ts'
import { bodiesOf } from './bodies.ts'
import { type Row, rowsOf } from './rows.ts'

/** What is kept of a failed test. */
export interface ArtifactInput {
  readonly patient: Patient
  readonly diagnosis: Diagnosis
  readonly timeline: Timeline
  readonly findings: readonly TimelineFinding[]
}

/** A timeline to read, and the bodies it names. */
export interface Artifact {
  /** Markdown. */
  readonly text: string
  /** By file name. */
  readonly bodies: ReadonlyMap<string, Uint8Array>
}

/** More bodies than that nobody reads one by one. */
const mostBodies = 200

/** All that crossed in a failed test, in order, as Markdown with files beside it. */
export function makeArtifact({ patient, diagnosis, timeline, findings }: ArtifactInput): Artifact {
  const { test, error, startedAt, endedAt, durationMs, moments } = patient
  const bodies = new Map<string, Uint8Array>()
  const rows = rowsOf({ moments, timeline, findings, startedAt, endedAt })
  const entries = rows.flatMap((row, i) => entry(row, i + 1, bodies))
  const skipped = bodies.size >= mostBodies ? [`Only the first ${mostBodies} bodies are kept as files.`, ''] : []
  const lines = [
    `# ${test ? [test.file, test.name].filter(Boolean).join(' > ') : 'The test command'}`,
    '',
    `Failed${durationMs === null ? '' : ` after ${duration(durationMs)}`}; began ${new Date(startedAt).toISOString()}.`,
    '',
    '## What broke',
    '',
    `**${diagnosis.boundary ?? 'No boundary is known to'}** · ${diagnosis.kind}: ${diagnosis.because}.`,
    '',
    ...(error === null ? [] : ['## Error', '', ...fenced(error), '']),
    ...(findings.length === 0 ? [] : ['## What the timeline shows besides', '']),
    ...distinct(findings).flatMap(([{ code, title, detail }, times]) => [
      `- **${code}** ${title}${times > 1 ? ` (${times} times)` : ''}`,
      `  ${timelineHints[code]}`,
      '',
      ...fenced(detail.join('\n')),
      '',
    ]),
    '## Timeline',
    '',
    'Times are since the start of the test. `#2` is the second connection to a boundary; `┌ │ └` are the beginning, inside',
    'and end of a transaction. What was sent and answered stands as files in this folder.',
    '',
    ...entries,
    ...skipped,
  ]
  return { text: `${lines.join('\n').trimEnd()}\n`, bodies }
}

function entry(row: Row, number: number, bodies: Map<string, Uint8Array>): string[] {
  const { ms, where, bracket, asked, came, tookMs, bad, note, moments, incoming, endless } = row
  const [first] = moments
  const took = endless ? '' : tookMs === null ? ', never ended' : `, ${duration(tookMs)}`
  const title = incoming ? asked : moments.length === 1 ? first.operation : asked
  const files = incoming || moments.length > 1 ? [] : filesOf(first, number, bodies)
  return [
    `### ${number}. +${duration(Math.max(0, ms))} ${where} ${bracket} ${title}`.replaceAll(/\s+/g, ' '),
    '',
    ...(incoming ? fenced(came) : asks(row)),
    ...(incoming ? [] : ['', `${bad ? '✗ ' : ''}${oneLine(came)}${took}${note === '' ? '' : ` (${note})`}`]),
    ...moments.slice(0, incoming ? 0 : 1).flatMap(details),
    ...files.map((file) => `- [${file}](${file})`),
    '',
  ]
}

function asks({ moments, asked }: Row): string[] {
  const [{ facts, question }] = moments
  if (!facts.sql) return [`\`${oneLine(question).replaceAll('`', "'")}\``]
  const { text, parameters } = facts.sql
  if (moments.length > 1) return fenced(asked, 'sql')
  const values = parameters.map((value, i) => `-- $${i + 1} = ${value ?? 'NULL'}`)
  return fenced([text.trim(), ...values].join('\n'), 'sql')
}

function details({ facts: { error, ids, plans } }: Moment): string[] {
  return [
    ...(error ? [`- error: ${oneLine(`${error.code} ${error.message}`)}`] : []),
    ...(error?.details ?? []).map((line) => `- ${oneLine(line)}`),
    ...(ids ?? []).map(([name, value]) => `- ${name}: ${value}`),
    ...(plans ?? []).flatMap(({ plan }) => ['', ...fenced(plan)]),
  ]
}

function filesOf(moment: Moment, number: number, bodies: Map<string, Uint8Array>): string[] {
  try {
    return bodiesOf(moment).flatMap(({ what, bytes, extension }) => {
      if (bodies.size >= mostBodies) return []
      const file = `${String(number).padStart(3, '0')}-${what}.${extension}`
      bodies.set(file, bytes)
      return [file]
    })
  } catch {
    // A recording that has gone since leaves its line.
    return []
  }
}

/** A fence is longer than any within. */
function fenced(text: string, language = ''): string[] {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`{3,}/g), ([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return [fence + language, text, fence]
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
