/** What a node asks of a table, as EXPLAIN writes it. */
export interface AskedOfTable {
  readonly table: string
  /** Stands before its columns where a statement reads several tables. */
  readonly alias?: string | undefined
  /** `((customer = 5) AND (total > '7'::numeric))` */
  readonly condition: string
}

const term = /^(.+?) (=|<=?|>=?|~~) (.+)$/
const column = /^(?:[a-z_][\w$]*|"[^"]+")$/
const call = /^[a-z_]\w*\((?:[a-z_][\w$]*|"[^"]+")\)$/
const value = /^\(*(?:'|-?\d|\$\d|true$|false$|now\(\)|CURRENT_|ANY \(|LOCALTIME)/
const maxColumns = 3

/** The index that would most likely spare the reading of a whole table: `orders (customer, total)`. */
export function likelyIndex({ table, alias, condition }: AskedOfTable): string | undefined {
  const equal = new Set<string>()
  const ranges = new Set<string>()
  for (const each of termsOf(withoutTexts(condition))) {
    const isNull = /^(.+) IS NULL$/.exec(each)?.[1]
    const [left, operator, right] = isNull ? [isNull, '=', "''"] : (term.exec(each)?.slice(1) ?? [])
    if (left === undefined || operator === undefined || right === undefined) continue
    const prefix = alias === undefined ? '' : `${alias}.`
    const about = indexed(left, prefix, right) ?? (operator === '~~' ? undefined : indexed(right, prefix, left))
    if (about === undefined) continue
    if (operator === '=') equal.add(about)
    else if (operator !== '~~') ranges.add(about)
    else if (right.startsWith("'t'")) ranges.add(`${about} text_pattern_ops`)
  }
  // Behind a range, an index has no more to give.
  const columns = [...equal, ...[...ranges].slice(0, 1)].slice(0, maxColumns)
  return columns.length === 0 ? undefined : `${table} (${columns.join(', ')})`
}

/** What is compared, if it is a column of the table or a function of one, and is not compared with the table itself. */
function indexed(side: string, prefix: string, other: string): string | undefined {
  const bare = withoutCast(side)
  if (prefix !== '' && bare.includes(prefix)) {
    const own = bare.replaceAll(prefix, '')
    return (column.test(own) || call.test(own)) && !other.includes(prefix) ? own : undefined
  }
  return (column.test(bare) || call.test(bare)) && value.test(other) ? bare : undefined
}

/** `(status)::text` is `status`. */
function withoutCast(side: string): string {
  const [, inner] = /^\(([^()]+)\)::[\w ]+(?:\(\d+\))?$/.exec(side) ?? []
  return inner ?? side.replace(/^\((.+)\)$/, '$1')
}

/** Texts hold anything; of a pattern it counts whether it begins with letters. */
function withoutTexts(condition: string): string {
  return condition.replaceAll(/'(?:[^']|'')*'/g, (text) => (/^'[^%_\\']/.test(text) ? "'t'" : "''"))
}

/** The conditions that must all hold; none where one of several is enough, since one index does not serve them. */
function termsOf(condition: string): readonly string[] {
  const inner = withoutParentheses(condition.trim())
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < inner.length; at++) {
    if (inner[at] === '(') depth++
    else if (inner[at] === ')') depth--
    else if (depth === 0 && inner.startsWith(' OR ', at)) return []
    else if (depth === 0 && inner.startsWith(' AND ', at)) {
      parts.push(inner.slice(from, at))
      from = at + ' AND '.length
    }
  }
  if (parts.length === 0) return [inner]
  return [...parts, inner.slice(from)].flatMap(termsOf)
}

function withoutParentheses(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')') depth--
    if (depth === 0 && at < text.length - 1) return text
  }
  return withoutParentheses(text.slice(1, -1))
}
