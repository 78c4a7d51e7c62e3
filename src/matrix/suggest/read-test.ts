/** The source of one test, as far as it can be put into another. */
export interface TestSource {
  /** `test` or `it`. */
  readonly runner: string
  /** Between the parentheses of its function. */
  readonly parameters: string
  /** A block, or an expression. */
  readonly body: string
}

/**
 * Finds a test in the source of its file.
 *
 * @param name - As reports have it: suites first, joined by ` > `.
 * @returns `undefined` where there is none of exactly this name, or more than one, as where names are computed.
 */
export function readTest(source: string, name: string): TestSource | undefined {
  const found: { readonly title: string; readonly test: TestSource }[] = []
  for (const match of source.matchAll(/(?<![.\w])(test|it)((?:\.\w+)*)\(\s*(['"`])/g)) {
    const quoteAt = match.index + match[0].length - 1
    const end = endOfString(source, quoteAt)
    const title = end === undefined ? '' : unquoted(source.slice(quoteAt + 1, end))
    if (end === undefined || (title !== name && !name.endsWith(` > ${title}`))) continue
    const test = partsOf(match[1]!, argumentsFrom(source, end + 1))
    if (test) found.push({ title, test })
  }
  const longest = Math.max(...found.map(({ title }) => title.length))
  const [one, ...others] = found.filter(({ title }) => title.length === longest)
  return others.length === 0 ? one?.test : undefined
}

function partsOf(runner: string, all: readonly string[]): TestSource | undefined {
  const arrow = /^(?:async\s+)?(?:\(([^()]*)\)|(\w+))\s*=>\s*([^]+)$/
  const named = /^(?:async\s+)?function\s*\w*\s*\(([^()]*)\)\s*(\{[^]*\})$/
  for (const text of all) {
    const [, listed, single, body] = arrow.exec(text) ?? []
    if (body !== undefined) return { runner, parameters: (listed ?? single ?? '').trim(), body: body.trim() }
    const [, parameters, block] = named.exec(text) ?? []
    if (block !== undefined) return { runner, parameters: (parameters ?? '').trim(), body: block }
  }
  return undefined
}

/** The arguments of a call behind its first one; none when they cannot be told apart. */
function argumentsFrom(source: string, from: number): readonly string[] {
  const found: string[] = []
  let depth = 0
  let start = from
  for (let at = from; at < source.length; at++) {
    const character = source[at]!
    if (/['"`]/.test(character)) {
      const end = endOfString(source, at)
      if (end === undefined) return []
      at = end
    } else if (source.startsWith('//', at)) at = endOf(source, '\n', at)
    else if (source.startsWith('/*', at)) at = endOf(source, '*/', at) + 1
    else if (character === '/' && isExpressionNext(source, at)) {
      const end = endOfPattern(source, at)
      if (end === undefined) return []
      at = end
    } else if (/[([{]/.test(character)) depth++
    else if (/[)\]}]/.test(character) && --depth < 0) return [...found, source.slice(start, at).trim()].filter(Boolean)
    else if (character === ',' && depth === 0) {
      found.push(source.slice(start, at).trim())
      start = at + 1
    }
  }
  return []
}

function endOf(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from)
  return at < 0 ? source.length : at
}

/** Where a string ends that begins with its quote; those within a template have templates of their own. */
function endOfString(source: string, from: number): number | undefined {
  const quote = source[from]
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === quote) return at
    else if (quote === '`' && source.startsWith('${', at)) {
      let depth = 0
      for (at += 1; at < source.length; at++) {
        if (/['"`]/.test(source[at]!)) at = endOfString(source, at) ?? source.length
        else if (source[at] === '{') depth++
        else if (source[at] === '}' && --depth === 0) break
      }
    }
  }
  return undefined
}

/** A slash begins a pattern where a value is expected. */
function isExpressionNext(source: string, at: number): boolean {
  return /(?:^|[(,=:[!&|?{};+\-*%~<>]|\b(?:return|typeof|case|in|of|await))\s*$/.test(
    source.slice(Math.max(0, at - 40), at),
  )
}

function endOfPattern(source: string, from: number): number | undefined {
  let isClass = false
  for (let at = from + 1; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '[') isClass = true
    else if (source[at] === ']') isClass = false
    else if (source[at] === '/' && !isClass) return at
  }
  return undefined
}

function unquoted(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1')
}
