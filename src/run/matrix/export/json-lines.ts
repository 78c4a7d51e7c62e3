import { parsePointer } from '../../../core/json-pointer.ts'

/** A part of a text: lines and columns from 1, the end not in it. */
export interface TextRange {
  readonly start: { readonly line: number; readonly column: number }
  readonly end: { readonly line: number; readonly column: number }
}

/**
 * Where a value stands in JSON that was laid out with two spaces, its name included.
 *
 * @param pointer - JSON Pointer; `*` is the first element of an array.
 * @returns `undefined` when it is not there
 */
export function jsonRange(text: string, pointer: string): TextRange | undefined {
  const lines = text.split('\n')
  let first = 0
  let last = lines.length - 1
  for (const [depth, token] of parsePointer(pointer).entries()) {
    const indent = '  '.repeat(depth + 1)
    const members: number[] = []
    for (let i = first + 1; i < last; i++) {
      if (lines[i]!.startsWith(indent) && !/^[\s\]}]/.test(lines[i]!.slice(indent.length))) members.push(i)
    }
    const isArray = lines[first]!.trimEnd().endsWith('[')
    const at = isArray
      ? members[token === '*' ? 0 : Number(token)]
      : members.find((i) => lines[i]!.startsWith(`${indent}${JSON.stringify(token)}: `))
    if (at === undefined) return undefined
    const next = members.find((i) => i > at) ?? last
    first = at
    last = next - 1
  }
  const column = /^ */.exec(lines[first]!)![0].length + 1
  return {
    start: { line: first + 1, column },
    end: { line: last + 1, column: lines[last]!.replace(/,$/, '').length + 1 },
  }
}
