import { hash } from 'node:crypto'
import type { Identity } from '../../core/identity.ts'
import { dropPlaceholderIds } from '../../core/redaction/placeholder-kinds.ts'
import { memoiseBody } from './body-memo.ts'
import { readBody, readBytes } from './body-meaning.ts'
import type { HttpMatch } from './boundary.ts'
import { canonicalBody } from './canonical-body.ts'
import { compileIgnorePaths, type IgnorePaths } from './ignore-paths.ts'
import { readGraphql } from './graphql.ts'
import type { HeaderList, HttpQuestion } from './message.ts'
import { canonicalPairs, parsePairs, type Pair } from './pairs.ts'
import { splitUrl } from './url-parts.ts'

/** A longer canonical body takes part as its hash. */
const maxBodyLength = 256

/**
 * Makes the function that says what a request is, for comparing it with recorded ones. The order of query parameters
 * and of JSON and form fields does not matter, nor do fragment, default port, content-encoding, the boundary of
 * multipart bodies, the layout of a GraphQL document, or which secret stands behind a redaction placeholder.
 *
 * With `match.same` the `rest` is empty: all requests of one method and path are candidates, and `same` decides.
 *
 * @throws MortarError `MORTAR_CONFIG_INVALID` for a path in `match.ignore` that could never match
 */
export function createIdentifier(match: HttpMatch = {}): (question: HttpQuestion) => Identity {
  const { normalize, same } = match
  const ignored = compileIgnorePaths(match.ignore ?? [])
  const headers = matchedHeaders(match, ignored)
  const identifyBody = bodyIdentifier(match.body === 'bytes' ? readBytes : readBody, ignored)
  return (asked) => {
    const question = normalize ? normalize(asked) : asked
    const { origin, path, query } = splitUrl(question.url, true)
    let rest = ''
    if (!same) {
      if (query !== '') rest = canonicalQuery(query, ignored)
      if (headers.length > 0) rest += canonicalHeaders(question.headers, headers)
      if (!ignored.body && question.body.length > 0) rest += identifyBody(question)
    }
    return { origin: ignored.origin ? '' : origin, method: question.method, path, rest }
  }
}

/** What `question` is, for once; {@link createIdentifier} is for many. */
export function identify(question: HttpQuestion, match?: HttpMatch): Identity {
  return createIdentifier(match)(question)
}

/** Lower-case names of the headers that take part, sorted. */
export function matchedHeaders(match: HttpMatch, ignored: IgnorePaths): readonly string[] {
  return [...new Set(match.headers?.map((name) => name.toLowerCase()))].filter((name) => !ignored.header?.(name)).sort()
}

/** Query parameters in order without the ignored ones; those of a GraphQL request are read as such. */
export function readQuery(query: string, ignored: IgnorePaths): readonly Pair[] {
  const { query: ignores } = ignored
  const pairs = parsePairs(query)
  const kept = ignores ? pairs.filter(([name]) => !ignores(name)) : pairs
  return query.includes('query=') ? graphqlPairs(kept) : kept
}

/** All values of a header, joined; undefined if there is none. */
export function headerValue(headers: HeaderList, lowerCaseName: string): string | undefined {
  let value: string | undefined
  for (const [name, each] of headers) {
    if (name.length !== lowerCaseName.length || name.toLowerCase() !== lowerCaseName) continue
    value = value === undefined ? each.trim() : `${value}, ${each.trim()}`
  }
  return value
}

function bodyIdentifier(read: typeof readBody, ignored: IgnorePaths): (question: HttpQuestion) => string {
  return memoiseBody((question) => {
    const text = canonicalOf(question, read, ignored)
    // Placeholders stay in sight: recordings that have some are told apart by the secret behind them when replayed.
    return `\n\n${text.length > maxBodyLength && !text.includes('{{') ? `sha256 ${hash('sha256', text)}` : text}`
  })
}

function canonicalOf(question: HttpQuestion, read: typeof readBody, ignored: IgnorePaths): string {
  try {
    return canonicalBody(read(question, true)!, ignored)
  } catch (error) {
    // JSON nested deeper than the stack goes: no meaning is worth that, so its bytes are compared.
    if (error instanceof RangeError) return canonicalBody(readBytes(question, true)!, ignored)
    throw error
  }
}

function canonicalQuery(query: string, ignored: IgnorePaths): string {
  const pairs = readQuery(query, ignored)
  if (pairs.length === 0) return ''
  const redacted = query.includes('{{') || /%7B%7B/i.test(query)
  return `?${canonicalPairs(redacted ? pairs.map(([name, value]) => [name, dropPlaceholderIds(value)]) : pairs)}`
}

function canonicalHeaders(headers: HeaderList, wanted: readonly string[]): string {
  let text = ''
  for (const name of wanted) {
    const value = headerValue(headers, name)
    if (value !== undefined) text += `\n${name}: ${dropPlaceholderIds(value)}`
  }
  return text
}

function graphqlPairs(pairs: readonly Pair[]): readonly Pair[] {
  const request = readGraphql(Object.fromEntries(pairs))
  if (!request) return pairs
  return pairs.map(([name, value]) => {
    if (name === 'query') return [name, request.query]
    return name === 'variables' ? [name, sortedJson(value)] : [name, value]
  })
}

function sortedJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    )
  } catch {
    return text
  }
}
