import { codeBlocks } from './code-blocks.ts'
import type { Parse } from './syntax-node.ts'

/** What modules have run, by `pathOf:part`: part 0 when the module itself has been, part n the n-th of its blocks. */
export interface RanParts {
  __mortarRan?: Record<string, 1>
}

/**
 * Has a module tell when it has been loaded, and which functions and branches in it run. Lines stay where they are, and a
 * function can still be taken elsewhere as text.
 *
 * @param path - By which it is told of.
 * @returns `undefined` where the source cannot be read.
 */
export function markFunctions(code: string, path: string, parse: Parse): string | undefined {
  const blocks = codeBlocks(code, path, parse)
  if (!blocks) return undefined
  const markOf = (part: number): string => `(globalThis.__mortarRan??={})[${JSON.stringify(`${path}:${part}`)}]=1`
  const inserted = blocks.flatMap(({ start, end, mark }, i) => {
    if (typeof mark === 'object') return [{ at: mark.at, order: start, text: `;${markOf(i + 1)};` }]
    const [before, after] = mark === 'statement' ? [`{${markOf(i + 1)};`, '}'] : [`(${markOf(i + 1)},`, ')']
    return [
      { at: start, order: start, text: before },
      { at: end, order: -start, text: after },
    ]
  })
  // Of those at one place, what ends goes first, the innermost before the others.
  inserted.sort((a, b) => a.at - b.at || a.order - b.order)
  let marked = ''
  let from = 0
  for (const { at, text } of inserted) {
    marked += code.slice(from, at) + text
    from = at
  }
  // At the end, as nothing may stand before directives; a module that throws has not been loaded.
  return `${marked}${code.slice(from)}\n;${markOf(0)}`
}
