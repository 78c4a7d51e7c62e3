/**
 * Rewrites the data of each server-sent event on its own, joined from its `data` lines as a client joins them. Line
 * ends, comments and fields other than data stay, unless they too change.
 */
export function redactEvents(text: string, redact: (data: string) => string): string {
  const parts = text.split(/(\r\n|\n|\r)/)
  let dataLines: number[] = []
  let changed = false

  function endEvent(): void {
    if (dataLines.length === 0) return
    const before = dataLines.map((at) => valueOf(parts[at]!)).join('\n')
    const after = redact(before)
    if (after !== before) {
      changed = true
      writeData(parts, dataLines, after.split('\n'))
    }
    dataLines = []
  }

  for (let at = 0; at < parts.length; at += 2) {
    const line = parts[at]!
    if (line === '') endEvent()
    else if (/^data(?::|$)/.test(line)) dataLines.push(at)
    else {
      const redacted = redact(line)
      if (redacted !== line) {
        changed = true
        parts[at] = redacted
      }
    }
  }
  endEvent()
  return changed ? parts.join('') : text
}

/** A line keeps its data if the number of lines is the same; else the first holds all of it. */
function writeData(parts: string[], dataLines: readonly number[], data: readonly string[]): void {
  const prefix = /^data: ?/.exec(parts[dataLines[0]!]!)?.[0] ?? 'data:'
  if (data.length === dataLines.length) {
    dataLines.forEach((at, i) => {
      parts[at] = prefixOf(parts[at]!) + data[i]!
    })
    return
  }
  dataLines.forEach((at, i) => {
    if (i === 0) parts[at] = data.map((line) => prefix + line).join(parts[at + 1] || '\n')
    else parts.splice(at, 2, '', '')
  })
}

function prefixOf(line: string): string {
  return /^data:? ?/.exec(line)?.[0] ?? ''
}

function valueOf(line: string): string {
  return line.slice(prefixOf(line).length)
}
