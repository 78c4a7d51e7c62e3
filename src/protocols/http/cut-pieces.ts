const newline = 10

/**
 * Cuts `after`, the changed form of `pieces` joined, into as many pieces. A cut keeps its line and its column where
 * that is possible, so that an event or a line that came in one piece still does.
 */
export function cutPieces(pieces: readonly Uint8Array[], after: Uint8Array): readonly Uint8Array[] {
  const before = Buffer.concat(pieces)
  const linesBefore = lineStarts(before)
  const linesAfter = lineStarts(after)
  const byLine = linesBefore.length === linesAfter.length
  const result: Uint8Array[] = []
  let offset = 0
  let line = 0
  let start = 0
  for (const piece of pieces.slice(0, -1)) {
    offset += piece.length
    while (line + 1 < linesBefore.length && linesBefore[line + 1]! <= offset) line++
    const wanted = byLine ? linesAfter[line]! + offset - linesBefore[line]! : offset
    const limit = byLine ? (linesAfter[line + 1] ?? after.length) : after.length
    const end = Math.max(start, Math.min(wanted, limit))
    result.push(after.subarray(start, end))
    start = end
  }
  result.push(after.subarray(start))
  return result
}

function lineStarts(bytes: Uint8Array): readonly number[] {
  const starts = [0]
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) starts.push(at + 1)
  return starts
}
