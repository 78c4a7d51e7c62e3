import { wordTable } from '../../core/word-table.ts'

/** Where a language begins comments and strings. */
interface Syntax {
  readonly line: readonly string[]
  readonly block: readonly (readonly [open: string, close: string])[]
  readonly quotes: string
}

const cLike: Syntax = { line: ['//'], block: [['/*', '*/']], quotes: '"\'`' }
const hash: Syntax = { line: ['#'], block: [], quotes: '"\'' }
const python: Syntax = {
  line: ['#'],
  block: [
    ['"""', '"""'],
    ["'''", "'''"],
  ],
  quotes: '"\'',
}
const php: Syntax = { line: ['//', '#'], block: [['/*', '*/']], quotes: '"\'' }
const ruby: Syntax = { line: ['#'], block: [['\n=begin', '\n=end']], quotes: '"\'' }

const byExtension: Readonly<Record<string, Syntax>> = wordTable({
  ...Object.fromEntries(
    [
      'ts',
      'tsx',
      'mts',
      'cts',
      'js',
      'jsx',
      'mjs',
      'cjs',
      'go',
      'java',
      'kt',
      'scala',
      'cs',
      'rs',
      'swift',
      'dart',
    ].map((extension) => [extension, cLike]),
  ),
  py: python,
  rb: ruby,
  php,
  ex: hash,
  exs: hash,
  sh: hash,
  vue: cLike,
  svelte: cLike,
})

/** The extensions of source files that are read, without dot. */
export const sourceExtensions: ReadonlySet<string> = new Set(Object.keys(byExtension))

/**
 * The string literals of a source text, without its comments. A scanner, not a parser: an odd regular expression may
 * mislead it, but only to the end of the line.
 */
export function* findStrings(
  text: string,
  extension: string,
): Generator<{ readonly text: string; readonly at: number }> {
  const { line, block, quotes } = byExtension[extension] ?? cLike
  const marks = [...line, ...block.map(([open]) => open), ...quotes].map((mark) => mark.replace(/[/*]/g, '\\$&'))
  const mark = new RegExp([...marks].sort((a, b) => b.length - a.length).join('|'), 'g')
  for (;;) {
    const found = mark.exec(text)
    if (!found) return
    const open = found[0]
    const start = found.index + open.length
    const close = block.find(([opening]) => opening === open)?.[1]
    if (close !== undefined) mark.lastIndex = after(text, close, start)
    else if (line.includes(open)) mark.lastIndex = after(text, '\n', start) - 1
    else {
      const end = endOfString(text, open, start)
      yield { text: text.slice(start, end), at: start }
      mark.lastIndex = end + 1
    }
    if (mark.lastIndex <= found.index) return
  }
}

function after(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from)
  return at < 0 ? text.length + 1 : at + what.length
}

function endOfString(text: string, quote: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === quote || (char === '\n' && quote !== '`')) return at
  }
  return text.length
}
