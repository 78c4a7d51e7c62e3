import { nameOfLine, nameOfRun, type StoredInputs, type StoredLine, type StoredUses } from './stored.ts'

/**
 * What is known of each run by the newer lines or else by the older ones, with what that depends on.
 *
 * @param older - Of each run, one version.
 * @param newer - The same; inputs and uses that no line needs may be among both.
 */
export function mergedLines(older: readonly StoredLine[], newer: readonly StoredLine[]): readonly StoredLine[] {
  const known = new Set(newer.flatMap((line) => (isNeed(line) || line.t === 'again' ? [] : [subjectOf(line)])))
  const lines = [
    ...older.filter((line) => !isNeed(line) && !known.has(subjectOf(line))),
    ...newer.filter((line) => !isNeed(line)),
  ]
  const needed = new Set(
    lines.flatMap((line) =>
      line.t === 'ran' || line.t === 'tests'
        ? [line.key, nameOfLine({ t: 'uses', key: line.key, id: line.uses ?? '' })]
        : [],
    ),
  )
  const needs = new Map(
    [...older, ...newer].flatMap((line) =>
      isNeed(line) && needed.has(nameOfLine(line)) ? [[nameOfLine(line), line] as const] : [],
    ),
  )
  return [...needs.values(), ...lines]
}

/** Whether it is what runs depend on. */
export function isNeed(line: StoredLine): line is StoredInputs | StoredUses {
  return line.t === 'inputs' || line.t === 'uses'
}

/** Of what a line tells: which tests there are, or one run. */
function subjectOf(line: Exclude<StoredLine, StoredInputs | StoredUses>): string {
  if (line.t === 'tests') return ''
  return nameOfRun(line.t === 'ran' ? line.record : line)
}
