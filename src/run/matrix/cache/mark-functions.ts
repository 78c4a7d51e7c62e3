import { functionBodies, type Parse } from './function-bodies.ts'

/** What modules have run, by `pathOf:part`: part 0 when the module itself has been, part n the n-th of its functions. */
export interface RanParts {
  __mortarRan?: Record<string, 1>
}

/**
 * Has a module tell when it has been loaded, and which of its functions are called. Lines stay where they are, and a
 * function can still be taken elsewhere as text.
 *
 * @param path - By which it is told of.
 * @returns `undefined` where the source cannot be read.
 */
export function markFunctions(code: string, path: string, parse: Parse): string | undefined {
  const bodies = functionBodies(code, path, parse)
  if (!bodies) return undefined
  const mark = (part: number): string => `(globalThis.__mortarRan??={})[${JSON.stringify(`${path}:${part}`)}]=1`
  const inserted = bodies.flatMap(({ start, end, insertAt }, i) =>
    insertAt === undefined
      ? [
          { at: start, order: start, text: `(${mark(i + 1)},` },
          { at: end, order: -start, text: ')' },
        ]
      : [{ at: insertAt, order: start, text: `;${mark(i + 1)};` }],
  )
  // Of those at one place, what ends goes first, the innermost before the others.
  inserted.sort((a, b) => a.at - b.at || a.order - b.order)
  let marked = ''
  let from = 0
  for (const { at, text } of inserted) {
    marked += code.slice(from, at) + text
    from = at
  }
  // At the end, as nothing may stand before directives; a module that throws has not been loaded.
  return `${marked}${code.slice(from)}\n;${mark(0)}`
}
