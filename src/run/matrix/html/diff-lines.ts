/** One line of two texts laid over each other. */
export interface DiffLine {
  /** In both, only in the first, only in the second. */
  readonly kind: 'same' | 'gone' | 'new'
  readonly text: string
}

/** Beyond so many pairs of lines they are not laid over each other: all of the one goes, all of the other comes. */
const mostPairs = 250_000

/**
 * Lays two lists of lines over each other, so that as many as possible are in both. Lines are alike whose text is,
 * a comma at the end left out.
 */
export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const alike = (a: string, b: string): boolean => a === b || bare(a) === bare(b)
  let start = 0
  while (start < before.length && start < after.length && alike(before[start]!, after[start]!)) start++
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && alike(before.at(-1 - end)!, after.at(-1 - end)!)) end++
  const middle = diffMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end))
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ kind: 'same', text }))
  return [...same(before.slice(0, start)), ...middle, ...same(before.slice(before.length - end))]
}

function diffMiddle(before: readonly string[], after: readonly string[]): DiffLine[] {
  const gone = (text: string): DiffLine => ({ kind: 'gone', text })
  const come = (text: string): DiffLine => ({ kind: 'new', text })
  if (before.length * after.length > mostPairs) return [...before.map(gone), ...after.map(come)]
  // How many lines are in both from here on.
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  const left = before.map(bare)
  const right = after.map(bare)
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const best = left[i] === right[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!)
      common[i]![j] = best
    }
  }
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ kind: 'same', text: before[i]! })
      i++
      j++
    } else if (j >= right.length || (i < left.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push(gone(before[i++]!))
    } else lines.push(come(after[j++]!))
  }
  return lines
}

/** Of the last field of an object the comma says nothing. */
function bare(line: string): string {
  return line.endsWith(',') ? line.slice(0, -1) : line
}
