import type { BoundaryMap, MappedBoundary } from '../run/map-boundaries.ts'
import { fit, pad, type Paint, painter, printable, widthOf } from '../run/terminal-text.ts'
import { age, ageSpan, plural } from '../run/wording.ts'
import { shortPath } from './short-path.ts'

/** What `mortar map` says. */
export function printMap(
  map: BoundaryMap,
  now: number,
  { columns: terminal, color, cwd }: { columns: number; color: boolean; cwd: string },
): string {
  const paint = painter(color)
  const columns = Math.max(40, Math.min(terminal, 120))
  const blocks = [
    noConfig(map, cwd),
    table(map.boundaries, now, columns, paint),
    notes(map, now),
    ...map.problems.map((problem) => problem.toString().split('\n')),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function noConfig({ config, boundaries }: BoundaryMap, cwd: string): string[] {
  if (config === null) {
    return [
      'There is no mortar.config here, so no boundary has a name yet.',
      '→ `mortar init` finds them and writes one.',
    ]
  }
  if (boundaries.some(({ declared }) => declared)) return []
  return [
    `${shortPath(config, cwd)} declares no boundary.`,
    '→ Add one under `boundaries`, or let `mortar init --dry-run` suggest some.',
  ]
}

function table(boundaries: readonly MappedBoundary[], now: number, columns: number, paint: Paint): string[] {
  if (boundaries.length === 0) return []
  const titles = ['Boundary', 'Risk', 'Recordings', 'Recorded', 'Age', 'Last run']
  const rows = boundaries.map((boundary) => [
    printable(boundary.name),
    boundary.risk,
    recordings(boundary),
    recorded(boundary, now),
    freshness(boundary),
    lastRun(boundary),
  ])
  const shown = titles.map((title, index) =>
    title !== 'Age' && title !== 'Last run' ? true : rows.some((row) => row[index] !== '-'),
  )
  const widths = titles.map((title, index) => Math.max(...[title, ...rows.map((row) => row[index]!)].map(widthOf)))
  const line = (cells: readonly string[]): string =>
    cells
      .flatMap((cell, index) => (shown[index] ? [pad(cell, widths[index]!)] : []))
      .join('  ')
      .trimEnd()
  return [
    paint(line(titles), 'dim'),
    ...rows.flatMap((row, index) => {
      const boundary = boundaries[index]!
      const text = line(row)
      const plain = boundary.stale > 0 || !boundary.declared ? paint(text, 'yellow') : text
      return [plain, paint(`  ${fit(printable(about(boundary)), columns - 2)}`, 'dim')]
    }),
  ]
}

function about({ declared, protocol, origins, owner, env }: MappedBoundary): string {
  const parts = [origins.join(', '), protocol, owner && `owner ${owner}`, env && `env ${env}`]
  if (!declared) parts.push('not in the config: its recordings answer nothing')
  return parts.filter(Boolean).join(' · ')
}

function recordings({ recordings: { exchanges, cassettes, tests } }: MappedBoundary): string {
  if (exchanges === 0) return 'none'
  return `${exchanges.toLocaleString('en')} in ${tests === cassettes ? plural(tests, 'test') : plural(cassettes, 'cassette')}`
}

function recorded({ recordings: { oldestAt, newestAt } }: MappedBoundary, now: number): string {
  return oldestAt === null || newestAt === null ? '-' : `${ageSpan(now - newestAt, now - oldestAt)} ago`
}

function freshness({ refreshEvery, stale, recordings: { exchanges } }: MappedBoundary): string {
  if (refreshEvery === null || exchanges === 0) return '-'
  return stale === 0 ? `fresh (${refreshEvery})` : `${stale.toLocaleString('en')} stale (${refreshEvery})`
}

function lastRun({ lastRun: use }: MappedBoundary): string {
  if (use === null) return '-'
  if (use.asked === 0 && use.misses === 0) return 'not asked'
  return `${use.asked.toLocaleString('en')} asked${use.misses > 0 ? `, ${use.misses.toLocaleString('en')} missed` : ''}`
}

function notes({ boundaries, lastRun: run, problems }: BoundaryMap, now: number): string[] {
  const lines: string[] = []
  const declared = boundaries.filter((boundary) => boundary.declared)
  if (run) {
    const when = run.at === null ? '' : `, ${age(now - run.at)} ago`
    const unknown = run.unknownCalls === 0 ? '' : `; ${plural(run.unknownCalls, 'call')} to addresses of no boundary`
    lines.push(`Last run ${run.id}${when}${unknown}.`)
  }
  if (
    declared.length > 0 &&
    problems.length === 0 &&
    boundaries.every(({ recordings: { exchanges } }) => exchanges === 0)
  ) {
    lines.push(
      'No recordings yet.',
      '→ `mortar check` records what your tests ask, `mortar import` brings recordings in.',
    )
  }
  const stale = declared.filter((boundary) => boundary.stale > 0).length
  if (stale > 0) lines.push(`→ \`mortar record\` asks the real services again where recordings are stale.`)
  return lines
}
