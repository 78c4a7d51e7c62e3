import { hash } from 'node:crypto'
import { anyText } from '../../core/any-value.ts'
import type { Exchange } from '../../core/exchange.ts'
import type { Facet } from '../../core/identity.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { notationOf } from '../../protocols/notations.ts'

/** What an exchange says, part by part, apart from when it said it and in which pieces. */
export interface ExchangeFacets {
  /** `request.method`, `request.url`, `request.body.amount`. */
  readonly asked: readonly Facet[]
  /** `status`, `headers.content-type`, `body.price`, `failure`. */
  readonly answered: readonly Facet[]
}

/** Larger bodies are compared as a whole. */
const maxParsed = 4_194_304

/** How it was sent, or written down, and not what it says. */
const manner = new Set(['ms', 'chunks', 'trailersMs', 'version', 'reason', 'indent', 'spaced', 'end', 'bytes'])

/** Headers that services make anew for each answer, or that only this connection has. */
const passing =
  /^(?:date|age|expires|connection|keep-alive|transfer-encoding|content-length|via|alt-svc|nel|report-to|server-timing|x-runtime|x-response-time|x-served-by|x-timer|x-cache(?:-\w+)*|cf-ray|x-amz-cf-\w+|x-amz-id-\d|x-(?:envoy|b3)-[\w-]+|(?:x-)?rate-?limit-[\w-]+|(?:[\w-]+-)?(?:request|trace|correlation)-?id|request-id|traceparent|tracestate)$/i

/** Takes an exchange of any protocol apart by its notation. */
export function exchangeFacets({ protocol, question, messages }: Exchange): ExchangeFacets {
  const files = new Map<string, Uint8Array>()
  const put = (bytes: Uint8Array): string => {
    const name = `sha256 ${hash('sha256', bytes).slice(0, 12)}`
    files.set(name, bytes)
    return name
  }
  const content = { question, messages }
  const written = notationOf(protocol).write(content, { put, get: (name) => files.get(name) ?? new Uint8Array() })
  const { request, connection, response, ...rest } = written
  const asked: Facet[] = []
  const answered: Facet[] = []
  const { headers: _headers, ...spoken } = (request ?? connection ?? {}) as JsonObject
  pushFields(spoken, 'request', files, asked)
  if (response !== undefined) pushFields(response as JsonObject, '', files, answered)
  pushFields(rest, '', files, answered)
  return { asked, answered }
}

function pushFields(fields: JsonObject, path: string, files: ReadonlyMap<string, Uint8Array>, into: Facet[]): void {
  for (const [key, value] of Object.entries(fields)) {
    const at = path === '' ? key : `${path}.${key}`
    if (manner.has(key) || value === undefined) continue
    if (key === 'headers' || key === 'trailers') pushHeaders(value as readonly (readonly [string, string])[], at, into)
    else if (key === 'body') pushBody(value as JsonObject, at, files, into)
    else if (Array.isArray(value)) {
      value.forEach((each, i) => pushStep(each as JsonObject, `${at}[${i}]`, files, into))
    } else if (key === 'failure' && typeof value === 'object' && value !== null) {
      into.push({ path: at, value: anyText((value as JsonObject)['failure']) })
    } else pushJson(value, at, into)
  }
}

/** A frame, a piece of a connection or a step: a body with a few words beside it. */
function pushStep(step: JsonObject, path: string, files: ReadonlyMap<string, Uint8Array>, into: Facet[]): void {
  const { json, text, lines, base64, file, view, ...rest } = step
  pushFields(rest, path, files, into)
  const body = { json, text, lines, base64, file, view }
  if (Object.values(body).some((part) => part !== undefined)) pushBody(body as JsonObject, path, files, into)
}

function pushBody(body: JsonObject, path: string, files: ReadonlyMap<string, Uint8Array>, into: Facet[]): void {
  const { json, text, lines, base64, file, view } = body
  if (json !== undefined) pushJson(json, path, into)
  else if (typeof text === 'string') into.push({ path, value: text })
  else if (lines !== undefined)
    (lines as string[]).forEach((line, i) => into.push({ path: `${path}[${i}]`, value: line }))
  // What the bytes say counts, not how they were compressed this time.
  else if (view !== undefined) pushBody(view as JsonObject, path, files, into)
  else if (typeof file === 'string') pushFile(file, files.get(file) ?? new Uint8Array(), path, into)
  else if (typeof base64 === 'string') into.push({ path, value: base64 })
}

function pushFile(name: string, bytes: Uint8Array, path: string, into: Facet[]): void {
  // `{` and `[`: only then is it worth trying.
  if (bytes.length <= maxParsed && (bytes[0] === 0x7b || bytes[0] === 0x5b)) {
    try {
      return pushJson(JSON.parse(Buffer.from(bytes).toString('utf8')) as Json, path, into)
    } catch {
      // Then it is no JSON.
    }
  }
  into.push({ path, value: `${bytes.length.toLocaleString('en')} bytes, ${name}` })
}

function pushHeaders(pairs: readonly (readonly [string, string])[], path: string, into: Facet[]): void {
  const values = new Map<string, string>()
  for (const [name, value] of pairs) {
    const key = name.toLowerCase()
    if (passing.test(key)) continue
    const former = values.get(key)
    values.set(key, former === undefined ? value : `${former}, ${value}`)
  }
  for (const name of [...values.keys()].sort()) into.push({ path: `${path}.${name}`, value: values.get(name)! })
}

function pushJson(value: Json, path: string, into: Facet[]): void {
  if (typeof value !== 'object' || value === null) into.push({ path, value: JSON.stringify(value) })
  else if (Array.isArray(value)) {
    if (value.length === 0) into.push({ path, value: '[]' })
    value.forEach((each: Json, i) => pushJson(each, `${path}[${i}]`, into))
  } else {
    const entries = Object.entries(value)
    if (entries.length === 0) into.push({ path, value: '{}' })
    for (const [key, each] of entries) {
      pushJson(each as Json, /^[^.[\]"*]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`, into)
    }
  }
}
