import { nameOfRun } from './kept-file.ts'
import type { StoredInputs, StoredLine, StoredUses } from './stored.ts'

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
    lines.flatMap((line) =>
      line.t === 'uses' && keys.has(line.key) && !isOldUses(line) ? [usesOf(line.key, line.id)] : [],
    ),
  )
  const runs = new Set<string>()
  const held = lines.filter((line) => {
    if (line.t === 'inputs' || line.t === 'uses') return true
    if (line.t === 'again') return runs.has(nameOfRun(line))
    const holds = keys.has(line.key) && (line.uses === undefined || uses.has(usesOf(line.key, line.uses)))
    if (line.t === 'ran') runs[holds ? 'add' : 'delete'](nameOfRun(line.record))
    return holds
  })
  const needed = new Set(
    held.flatMap((line) =>
      line.t === 'ran' || line.t === 'tests' ? [line.key, usesOf(line.key, line.uses ?? '')] : [],
    ),
  )
  return held.filter((line) => {
    if (line.t === 'inputs') return needed.has(line.key)
    return line.t !== 'uses' || needed.has(usesOf(line.key, line.id))
  })
}

function usesOf(key: string, id: string): string {
  return `${key} ${id}`
}
