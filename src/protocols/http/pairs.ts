/** One `name=value`, decoded. */
export type Pair = readonly [name: string, value: string]

/** Reads a query or a form body. A name without `=` has an empty value; malformed percent-encoding is kept as it is. */
export function parsePairs(text: string): Pair[] {
  const pairs: Pair[] = []
  for (let start = 0; start < text.length;) {
    const next = text.indexOf('&', start)
    const end = next < 0 ? text.length : next
    if (end > start) {
      const equals = text.indexOf('=', start)
      const nameEnd = equals < 0 || equals > end ? end : equals
      pairs.push([decode(text.slice(start, nameEnd)), nameEnd === end ? '' : decode(text.slice(nameEnd + 1, end))])
    }
    start = end + 1
  }
  return pairs
}

/** The same text for the same pairs whatever the order of different names; repeated names keep theirs. */
export function canonicalPairs(pairs: readonly Pair[]): string {
  const sorted = pairs.length < 2 ? pairs : pairs.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
  let text = ''
  for (const [name, value] of sorted) text += `${text && '&'}${escape(name)}=${escape(value)}`
  return text
}

/** Gives each pair a path of its own: `tag`, or `tag[0]` and `tag[1]` where the name is repeated. */
export function pairPaths(pairs: readonly Pair[]): (readonly [path: string, value: string])[] {
  const total = new Map<string, number>()
  for (const [name] of pairs) total.set(name, (total.get(name) ?? 0) + 1)
  const seen = new Map<string, number>()
  return pairs.map(([name, value]) => {
    if (total.get(name) === 1) return [name, value]
    const nth = seen.get(name) ?? 0
    seen.set(name, nth + 1)
    return [`${name}[${nth}]`, value]
  })
}

function decode(text: string): string {
  if (!text.includes('%')) return text.includes('+') ? text.replaceAll('+', ' ') : text
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

function escape(text: string): string {
  return /[%&=\n]/.test(text) ? encodeURIComponent(text.toWellFormed()) : text
}
