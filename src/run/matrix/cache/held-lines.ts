import { mergedLines } from './merged-lines.ts'
import { nameOfLine, nameOfRun, type StoredInputs, type StoredLine, type StoredUses } from './stored.ts'

/**
 * The lines of what still holds, and of no run any longer than what it depends on.
 *
 * @param isOldInputs - Whether these files have changed.
 * @param isOldUses - Whether these parts of modules have.
 */
export function heldLines(
  lines: readonly StoredLine[],
  isOldInputs: (line: StoredInputs) => boolean,
  isOldUses: (line: StoredUses) => boolean,
): readonly StoredLine[] {
  const keys = new Set(lines.flatMap((line) => (line.t === 'inputs' && !isOldInputs(line) ? [line.key] : [])))
  const uses = new Set(
    lines.flatMap((line) => (line.t === 'uses' && keys.has(line.key) && !isOldUses(line) ? [nameOfLine(line)] : [])),
  )
  const runs = new Set<string>()
  const held = lines.filter((line) => {
    if (line.t === 'inputs' || line.t === 'uses') return true
    if (line.t === 'again') return runs.has(nameOfRun(line))
    const holds =
      keys.has(line.key) &&
      (line.uses === undefined || uses.has(nameOfLine({ t: 'uses', key: line.key, id: line.uses })))
    if (line.t === 'ran') runs[holds ? 'add' : 'delete'](nameOfRun(line.record))
    return holds
  })
  return mergedLines([], held)
}
