/** A GraphQL request: one operation of a document. */
export interface GraphqlRequest {
  readonly operationName: string | null
  /** The document without comments and needless space. */
  readonly query: string
  readonly variables: unknown
}

/** What an operation of a document does. */
export interface GraphqlOperation {
  readonly type: 'query' | 'mutation' | 'subscription'
  /** Null for an anonymous operation. */
  readonly name: string | null
}

/** Documents are mostly constants of a program, so each is normalised once. */
const normalised = new Map<string, string>()
const maxNormalised = 500

const documentStart = /^(?:[\s,\ufeff]|#[^\n\r]*)*(?:\{|(?:query|mutation|subscription|fragment)\b[^{]*\{)/
const token = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*|[\s,\ufeff]+|[\w$@.-]+|[^]/g
const wordEnd = /[\w$@.-]$/
const wordStart = /^[\w$@.-]/

/** Reads a parsed JSON body as a GraphQL request; undefined if it is something else with a field named `query`. */
export function readGraphql(value: unknown): GraphqlRequest | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { query, operationName, variables } = value as { [key: string]: unknown }
  if (typeof query !== 'string' || !documentStart.test(query)) return undefined
  const document = normaliseDocument(query)
  const named = typeof operationName === 'string' && operationName !== '' ? operationName : null
  return {
    operationName: named ?? operationOf(document, null).name,
    query: document,
    variables: variables ?? {},
  }
}

/** Drops comments, commas and needless space from a GraphQL document, and nothing that has a meaning. */
export function normaliseDocument(document: string): string {
  let text = normalised.get(document)
  if (text === undefined) {
    text = ''
    for (const [part] of document.matchAll(token)) {
      if (/^[\s,\ufeff#]/.test(part)) continue
      text += wordEnd.test(text) && wordStart.test(part) ? ` ${part}` : part
    }
    if (normalised.size >= maxNormalised) normalised.clear()
    normalised.set(document, text)
  }
  return text
}

/** The operation of a normalised document that is executed: the one called `name`, else the only or first one. */
export function operationOf(document: string, name: string | null): GraphqlOperation {
  // Strings and selection sets may contain the same words; what is left without them are the definitions.
  let depth = 0
  let definitions = ''
  for (const [part] of document.matchAll(token)) {
    if (part === '{' || part === '(') depth++
    if (depth === 0) definitions += part.startsWith('"') ? ' ' : part
    if (part === '}' || part === ')') definitions += --depth === 0 ? ';' : ''
  }
  let first: GraphqlOperation | undefined
  for (const [, type, found] of definitions.matchAll(/(?:^|;)\s*(query|mutation|subscription)\b\s*(\w+)?/g)) {
    const operation = { type: type as GraphqlOperation['type'], name: found ?? null }
    if (name !== null && operation.name === name) return operation
    first ??= operation
  }
  return first ?? { type: 'query', name }
}
