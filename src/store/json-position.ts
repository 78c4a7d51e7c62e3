/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The line and column of a character offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

const token = /\s*("(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+)/gy

/**
 * Where the value at `path` stands in a valid JSON text; a shorter path than asked when the text has no such value.
 * Path: `['exchanges', 0, 'request']`.
 */
export function positionOf(text: string, path: readonly (string | number)[]): Position {
  token.lastIndex = 0
  let found = 0
  const next = (): string | undefined => {
    const match = token.exec(text)
    if (!match) return undefined
    start = token.lastIndex - match[1]!.length
    return match[1]
  }
  let start = 0

  const skip = (first: string | undefined): void => {
    if (first !== '[' && first !== '{') return
    for (let depth = 1; depth > 0;) {
      const piece = next()
      if (piece === undefined) return
      if (piece === '[' || piece === '{') depth++
      else if (piece === ']' || piece === '}') depth--
    }
  }

  let opening = next()
  for (const step of path) {
    found = start
    if (opening !== '[' && opening !== '{') break
    const inObject = opening === '{'
    for (let index = 0; ; index++) {
      let piece = next()
      if (piece === undefined || piece === ']' || piece === '}') return positionAt(text, found)
      if (piece === ',') piece = next()
      const key = inObject ? (JSON.parse(piece ?? '""') as string) : index
      if (inObject) {
        next()
        piece = next()
      }
      if (key === step) {
        opening = piece
        found = start
        break
      }
      skip(piece)
    }
  }
  return positionAt(text, found)
}

/** `exchanges[3].request.headers[0]` as the steps of a path. */
export function pathSteps(path: string): (string | number)[] {
  return Array.from(path.matchAll(/\[(\d+)\]|([^.[\]]+)/g), (match) => (match[1] ? Number(match[1]) : match[2]!))
}
