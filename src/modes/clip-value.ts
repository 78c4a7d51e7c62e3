/** Longest value shown, in characters; a longer one is cut to where it differs. */
const maxValue = 48

/** Cuts a long value to the part around the first character in which it differs from `other`. */
export function clipValue(value: string, other: string): string {
  const line = value.replace(/[\n\r\t]/g, ' ')
  if (line.length <= maxValue) return line
  let at = 0
  while (at < value.length && value[at] === other[at]) at++
  const start = Math.max(0, Math.min(at - 12, line.length - maxValue + 1))
  const room = maxValue - (start > 0 ? 1 : 0)
  const shown = line.length - start <= room ? line.slice(start) : `${line.slice(start, start + room - 1)}…`
  return start > 0 ? `…${shown}` : shown
}
