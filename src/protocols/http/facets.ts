import { hash } from 'node:crypto'
import { anyText } from '../../core/any-value.ts'
import type { Facet } from '../../core/identity.ts'
import { readBody, readBytes, type BodyMeaning } from './body-meaning.ts'
import type { HttpMatch } from './boundary.ts'
import { headerValue, matchedHeaders, readQuery } from './identify.ts'
import { compileIgnorePaths, ignoredAtIndex, ignoredAtName, type IgnoreNode, type IgnorePaths } from './ignore-paths.ts'
import type { HttpQuestion } from './message.ts'
import { pairPaths } from './pairs.ts'
import { splitUrl } from './url-parts.ts'

const maxValueLength = 200
/** A body with more fields is shown as far as that; its hash says whether the rest differs. */
const maxFacets = 500
/** Values nested deeper than that are not shown. */
const maxPathLength = 500
/** Strings that read like another value. */
const ambiguous = /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null|\{\}|\[\]|".*)?$/i

/**
 * Makes the function that takes a request apart into what is compared, one facet per query parameter, chosen header
 * and field of the body. What `match` ignores is left out; redaction placeholders are kept whole.
 */
export function createFacets(match: HttpMatch = {}): (question: HttpQuestion) => readonly Facet[] {
  const ignored = compileIgnorePaths(match.ignore ?? [])
  const headers = matchedHeaders(match, ignored)
  const read = match.body === 'bytes' ? readBytes : readBody
  return (asked) => {
    const question = match.normalize ? match.normalize(asked) : asked
    const { origin, path, query } = splitUrl(question.url, false)
    const list: Facet[] = [{ path: 'method', value: question.method }]
    if (!ignored.origin) list.push({ path: 'origin', value: origin })
    list.push({ path: 'path', value: path })
    for (const [name, value] of pairPaths(readQuery(query, ignored))) list.push({ path: `query.${name}`, value })
    for (const name of headers) {
      const value = headerValue(question.headers, name)
      if (value !== undefined) list.push({ path: `headers.${name}`, value })
    }
    const body = ignored.body ? undefined : read(question, false)
    if (body) pushBody(body, 'body', ignored, list)
    if (list.length <= maxFacets) return list
    return [...list.slice(0, maxFacets), { path: 'body', value: summary(Buffer.from(question.body)) }]
  }
}

/** The facets of `question`, for once; {@link createFacets} is for many. */
export function facets(question: HttpQuestion, match?: HttpMatch): readonly Facet[] {
  return createFacets(match)(question)
}

function pushBody(body: BodyMeaning, path: string, ignored: IgnorePaths, into: Facet[]): void {
  switch (body.type) {
    case 'json':
      return pushJson(body.value, path, ignored.json, into)
    case 'form': {
      const kept = body.pairs.filter(([name]) => !ignored.field?.(name))
      for (const [name, value] of pairPaths(kept)) into.push({ path: `${path}.${name}`, value })
      return
    }
    case 'multipart': {
      const kept = body.parts.filter(({ name }) => !ignored.field?.(name))
      const named = pairPaths(kept.map(({ name }) => [name, ''] as const))
      for (const [i, { name, filename, type, content }] of kept.entries()) {
        const at = `${path}.${named[i]![0]}`
        if (filename !== undefined) into.push({ path: `${at}.filename`, value: filename })
        if (type !== '') into.push({ path: `${at}.type`, value: type })
        pushBody(content, at, { ...ignored, field: undefined, json: ignoredAtName(ignored.json, name) }, into)
      }
      return
    }
    case 'bytes':
      into.push({ path, value: bytesValue(body.bytes) })
  }
}

function pushJson(value: unknown, path: string, ignored: IgnoreNode | undefined, into: Facet[]): void {
  if (into.length > maxFacets) return
  if (typeof value !== 'object' || value === null || path.length > maxPathLength) {
    into.push({ path, value: typeof value === 'object' && value ? '…' : scalar(value) })
    return
  }
  const entries = Object.entries(value)
  if (entries.length === 0) into.push({ path, value: Array.isArray(value) ? '[]' : '{}' })
  for (const [key, each] of entries) {
    const below = Array.isArray(value) ? ignoredAtIndex(ignored, Number(key)) : ignoredAtName(ignored, key)
    if (below?.here) continue
    pushJson(each, Array.isArray(value) ? `${path}[${key}]` : `${path}${step(key)}`, below, into)
  }
}

function step(key: string): string {
  return /^[^.[\]"*]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** A string is quoted only where it could be taken for something else: `"1"` is not `1`. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return anyText(value)
  if (ambiguous.test(value)) return JSON.stringify(value)
  return value.length > maxValueLength ? summary(Buffer.from(value)) : value
}

function bytesValue(bytes: Buffer): string {
  const text = bytes.toString()
  if (/[\0-\x08\x0e-\x1a\ufffd]/.test(text.slice(0, 1000))) return `${bytes.length} bytes, ${digest(bytes)}`
  return text.length > maxValueLength ? summary(bytes) : text
}

function summary(bytes: Buffer): string {
  return `${bytes.toString('utf8', 0, maxValueLength * 3).slice(0, maxValueLength)}… (${bytes.length} bytes, ${digest(bytes)})`
}

function digest(bytes: Buffer): string {
  return `sha256 ${hash('sha256', bytes).slice(0, 12)}`
}
