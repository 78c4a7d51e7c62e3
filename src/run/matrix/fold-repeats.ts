/** A test that polls asks the same over and over: neighbours of equal keys are put together, in order. */
export function foldRepeats<T>(lines: readonly T[], keyOf: (line: T) => string): readonly (readonly [T, ...T[]])[] {
  const folded: [T, ...T[]][] = []
  for (const line of lines) {
    const last = folded.at(-1)
    if (last && keyOf(last[0]) === keyOf(line)) last.push(line)
    else folded.push([line])
  }
  return folded
}

/** How often it was, behind what is said of the first: ` × 17`; empty where it was but once. */
export function timesText({ length }: readonly unknown[]): string {
  return length > 1 ? ` × ${length}` : ''
}
