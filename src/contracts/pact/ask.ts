import type { ProvedOperation } from '../../core/proved-contract.ts'
import { placeholderKinds } from '../../core/redaction/placeholder-kinds.ts'
import type { PactBody, PactRequest, PactRule } from './pact-types.ts'

/** The question of an operation, without what must not be told. */
export interface SaidRequest {
  readonly request: PactRequest
  /** What was redacted and without which the question may make no sense, a place each. */
  readonly missing: readonly string[]
  /** Headers that were redacted, such as credentials. */
  readonly withheld: readonly string[]
}

// What the client library or the connection adds; it says nothing of what the program wants.
const incidental =
  /^(?::.*|host|connection|keep-alive|content-length|transfer-encoding|te|accept-encoding|accept-language|date|via|expect|cookie|sec-.*|.*user-agent|x-forwarded-.*|traceparent|tracestate|baggage)$/i

/** What is asked, out of the recorded example. */
export function sayRequest({ operation, example }: ProvedOperation): SaidRequest {
  const missing: string[] = []
  const withheld: string[] = []
  const path = sayPath(example.path, missing)
  const query = sayQuery(example.query, missing)
  const headers = sayHeaders(example.requestHeaders, withheld)
  const body = sayBody(example, missing)
  const pathRule = pathRuleOf(operation, path)
  const headerRules = Object.keys(headers).filter((name) => !/^(?:accept|content-type)$/.test(name))
  const isJson = body !== undefined && typeof body.content !== 'string'
  const rules = {
    ...(pathRule && { path: pathRule }),
    // A value like an idempotency key is another one each time.
    ...(headerRules.length > 0 && {
      header: Object.fromEntries(headerRules.map((name) => [name, matched({ match: 'regex', regex: '.+' })])),
    }),
    ...(isJson && { body: { $: matched({ match: 'type' }) } }),
  }
  return {
    request: {
      method: example.method,
      path,
      ...(Object.keys(query).length > 0 && { query }),
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(body && { body }),
      ...(Object.keys(rules).length > 0 && { matchingRules: rules }),
    },
    missing,
    withheld,
  }
}

function matched(matcher: Readonly<Record<string, string>>): PactRule {
  return { combine: 'AND', matchers: [matcher] }
}

function isRedacted(text: string): boolean {
  return placeholderKinds(decode(text)).length > 0
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function sayPath(path: string, missing: string[]): string {
  const segments = path.split('/').map((segment) => {
    if (!isRedacted(segment)) return segment
    missing.push('a part of the path')
    return 'redacted'
  })
  return segments.join('/')
}

function pathRuleOf(operation: string, path: string): PactRule | undefined {
  const template = operation.split(' ')[1] ?? ''
  if (!template.includes('{id}')) return undefined
  const escaped = template.split('{id}').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  const regex = `^${escaped.join('[^/]+')}$`
  return new RegExp(regex).test(path) ? matched({ match: 'regex', regex }) : undefined
}

function sayQuery(query: string, missing: string[]): Record<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (isRedacted(value)) missing.push(`\`${name}\` of the query`)
    else found.set(name, [...(found.get(name) ?? []), value])
  }
  return Object.fromEntries(found)
}

function sayHeaders(
  headers: readonly (readonly [string, string])[],
  withheld: string[],
): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  for (const [as, value] of headers) {
    const name = as.toLowerCase()
    if (isRedacted(value)) withheld.push(name)
    else if (!incidental.test(name)) found.set(name, [...(found.get(name) ?? []), value])
  }
  return Object.fromEntries(found)
}

function sayBody({ requestBody, requestHeaders }: ProvedOperation['example'], missing: string[]): PactBody | undefined {
  if (requestBody === '') return undefined
  const [, sent = ''] = requestHeaders.find(([name]) => name.toLowerCase() === 'content-type') ?? []
  const contentType = sent.split(';')[0]!.trim() || 'text/plain'
  const body = (content: unknown): PactBody => ({ contentType, encoded: false, content })
  if (/[/+]json$/.test(contentType)) {
    const content = parse(requestBody)
    if (content !== undefined) return body(withoutRedacted(content, '', missing))
  }
  if (contentType === 'application/x-www-form-urlencoded') {
    const kept = requestBody.split('&').filter((pair) => {
      const [name = ''] = pair.split('=', 1)
      if (isRedacted(pair)) missing.push(`\`${decode(name)}\` of the body`)
      return !isRedacted(pair)
    })
    return body(kept.join('&'))
  }
  if (!isRedacted(requestBody)) return body(requestBody)
  missing.push('the body')
  return undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function withoutRedacted(value: unknown, at: string, missing: string[]): unknown {
  const isKept = (one: unknown, step: string | number): boolean => {
    const redacted = typeof one === 'string' && isRedacted(one)
    if (redacted) missing.push(`\`${at}/${step}\` of the body`)
    return !redacted
  }
  if (Array.isArray(value)) {
    return value.filter(isKept).map((one, i) => withoutRedacted(one, `${at}/${i}`, missing))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, one]) => isKept(one, name))
      .map(([name, one]) => [name, withoutRedacted(one, `${at}/${name}`, missing)]),
  )
}
