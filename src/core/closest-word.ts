/**
 * The word of `known` that takes the fewest edits to become `word`, if that is few enough to be a slip.
 *
 * @param mostEdits - How many a slip may be (default: half of the word, at least 2).
 */
export function closestWord(
  word: string,
  known: readonly string[],
  mostEdits: number = Math.max(2, Math.floor(word.length / 2)),
): string | undefined {
  let best: string | undefined
  let bestDistance = mostEdits + 1
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** All words, those that are most like `word` first; what contains it counts as near. */
export function nearestWords(word: string, known: readonly string[]): readonly string[] {
  const sought = word.toLowerCase()
  const distances = new Map(
    known.map((each) => [each, each.toLowerCase().includes(sought) ? 1 : editDistance(sought, each.toLowerCase())]),
  )
  return known.toSorted((a, b) => distances.get(a)! - distances.get(b)!)
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
