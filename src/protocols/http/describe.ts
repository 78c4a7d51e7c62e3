import type { Operation } from '../../core/protocol.ts'
import { isShortId } from './short-id.ts'
import { memoiseBody } from './body-memo.ts'
import { readBody } from './body-meaning.ts'
import { operationOf, readGraphql, type GraphqlOperation } from './graphql.ts'
import type { HttpQuestion } from './message.ts'
import { parsePairs } from './pairs.ts'
import { splitUrl } from './url-parts.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Paths → templates. A service has few operations but many paths, so it is emptied when it grows large. */
const templates = new Map<string, string>()
const maxTemplates = 5000

const identifier: readonly RegExp[] = [
  /^\d+$/,
  /^\{\{.+\}\}$/,
  /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  /^(?=.*\d)[0-9a-f]{12,}$/i,
  // A prefix and a random part, as in ch_3MmlLrLkdIwHu7ix.
  /^[a-z]{1,12}[_-](?=.*\d)(?=.*[A-Z\d])[A-Za-z\d]{10,}$/,
  // ULIDs and the like.
  /^(?=.*\d)[0-9A-HJKMNP-TV-Z]{20,}$/,
  // Base 62 and base 64: both cases and digits, and too long for a name.
  /^(?=.*\d.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{16,}={0,2}$/,
]

/**
 * The operation of `question`, guessed from the request alone: segments of the path that look like identifiers become
 * `{id}`, as in `GET /users/{id}`, and GraphQL is told apart by operation: `POST /graphql query ViewerName`. All but
 * GET, HEAD, OPTIONS, TRACE and GraphQL queries have an effect.
 */
export function describe(question: HttpQuestion): Operation {
  const { path, query } = splitUrl(question.url, true)
  const name = `${question.method} ${templateOf(path)}`
  const graphql = graphqlOf(question, query)
  if (!graphql) return { name, effect: !safeMethods.has(question.method) }
  const { type, name: operation } = graphql
  return { name: `${name} ${type}${operation ? ` ${operation}` : ''}`, effect: type === 'mutation' }
}

function graphqlOf(question: HttpQuestion, query: string): GraphqlOperation | undefined {
  if (question.body.length === 0) {
    return query.includes('query=') ? operationIn(Object.fromEntries(parsePairs(query))) : undefined
  }
  return question.method === 'POST' ? graphqlInBody(question) : undefined
}

const graphqlInBody = memoiseBody((question): GraphqlOperation | undefined => {
  if (!mayBeGraphql(question)) return undefined
  const body = readBody(question, true)
  if (body?.type !== 'json') return undefined
  return operationIn(Array.isArray(body.value) ? body.value[0] : body.value)
})

function operationIn(value: unknown): GraphqlOperation | undefined {
  const request = readGraphql(value)
  return request && operationOf(request.query, request.operationName)
}

/** Looks for the field before the body is parsed; a compressed body has to be unpacked first to know. */
function mayBeGraphql({ body, headers }: HttpQuestion): boolean {
  if (Buffer.from(body.buffer, body.byteOffset, body.length).includes('"query"')) return true
  return headers.some(([name]) => name.toLowerCase() === 'content-encoding')
}

function templateOf(path: string): string {
  let template = templates.get(path)
  if (template === undefined) {
    template = path
      .split('/')
      .map((segment, i, all) => templateSegment(segment, all[i - 1] ?? ''))
      .join('/')
    if (templates.size >= maxTemplates) templates.clear()
    templates.set(path, template)
  }
  return template
}

function templateSegment(segment: string, parent: string): string {
  if (identifier.some((expression) => expression.test(segment)) || isShortId(segment, parent)) return '{id}'
  const dot = segment.lastIndexOf('.')
  if (dot <= 0 || !/^\.[a-z]{1,5}$/.test(segment.slice(dot))) return segment
  const stem = segment.slice(0, dot)
  return identifier.some((expression) => expression.test(stem)) || isShortId(stem, parent)
    ? `{id}${segment.slice(dot)}`
    : segment
}
