import type { HeaderList, HttpQuestion } from './message.ts'

/** What `fetch` takes first. */
export type FetchInput = Parameters<typeof globalThis.fetch>[0]

/** A request as `fetch` was asked for it. */
export interface FetchCall {
  readonly question: HttpQuestion
  readonly redirect: Request['redirect']
  readonly signal: AbortSignal | undefined
  /** By way of which `signal` follows the caller's: it only does for as long as they are not garbage. */
  readonly requests?: readonly unknown[]
}

const none: Uint8Array = new Uint8Array()
const encoder = new TextEncoder()

/** What node's own `fetch` sends beside what the caller asks for. */
const usual: HeaderList = [
  ['accept', '*/*'],
  ['accept-language', '*'],
  ['sec-fetch-mode', 'cors'],
  ['user-agent', 'node'],
  ['accept-encoding', 'gzip, deflate'],
]

/**
 * Reads the arguments of `fetch` into a question. Building a `Request` costs more than all the rest of a replay, so it
 * is done only for what cannot be read without one: streams, blobs, form data, and a `Request` itself.
 */
export function fetchCall(input: FetchInput, init: RequestInit | undefined): FetchCall | Promise<FetchCall> {
  if (typeof input === 'string' || input instanceof URL) {
    const body = plainBody(init?.body)
    if (body) {
      const url = input instanceof URL ? input : new URL(input)
      const headers = headerList(init?.headers)
      if (body.type && !has(headers, 'content-type')) headers.push(['content-type', body.type])
      const method = verb(init?.method ?? 'GET')
      if (!url.username && !(body.bytes.length > 0 && (method === 'GET' || method === 'HEAD'))) {
        return {
          question: question(method, url, headers, body.bytes),
          redirect: init?.redirect ?? 'follow',
          signal: init?.signal ?? undefined,
        }
      }
    }
  }
  return readRequest(new Request(input, init), input)
}

async function readRequest(request: Request, input: FetchInput): Promise<FetchCall> {
  const bytes = request.body ? new Uint8Array(await request.arrayBuffer()) : none
  return {
    question: question(request.method, new URL(request.url), [...request.headers], bytes),
    redirect: request.redirect,
    signal: request.signal,
    requests: [input, request],
  }
}

/** Puts a question together; `headers` are the caller's. */
export function question(
  method: string,
  url: URL,
  headers: (readonly [string, string])[],
  body: Uint8Array,
): HttpQuestion {
  const all: (readonly [string, string])[] = [
    ['host', url.host],
    // Undici closes after HEAD, for fear of services that send a body all the same.
    ['connection', method === 'HEAD' ? 'close' : 'keep-alive'],
    ...headers,
  ]
  for (const pair of usual) if (!has(headers, pair[0])) all.push(pair)
  if (body.length > 0 || method === 'POST' || method === 'PUT') all.push(['content-length', String(body.length)])
  const hash = url.href.indexOf('#')
  return {
    method,
    url: hash < 0 ? url.href : url.href.slice(0, hash),
    version: '1.1',
    headers: all,
    body,
    trailers: [],
  }
}

function verb(method: string): string {
  const upper = method.toUpperCase()
  return /^(?:DELETE|GET|HEAD|OPTIONS|POST|PUT)$/.test(upper) ? upper : method
}

/** The body's bytes if they are there at once, with the content type that `fetch` would give them. */
function plainBody(body: unknown): { bytes: Uint8Array; type?: string } | undefined {
  if (body === undefined || body === null) return { bytes: none }
  if (typeof body === 'string') return { bytes: encoder.encode(body), type: 'text/plain;charset=UTF-8' }
  if (body instanceof URLSearchParams) {
    return { bytes: encoder.encode(body.toString()), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
  }
  if (body instanceof Uint8Array) return { bytes: body.slice() }
  if (body instanceof ArrayBuffer) return { bytes: new Uint8Array(body.slice(0)) }
  return undefined
}

function headerList(init: RequestInit['headers']): (readonly [string, string])[] {
  if (!init) return []
  if (init instanceof Headers || !Array.isArray(init)) {
    const plain: [string, unknown][] = init instanceof Headers ? [...init] : Object.entries(init)
    // Only what needs no rewriting can be taken as it is; all else is for `Headers` to judge.
    if (plain.every(isPlainPair) && !hasRepeated(plain)) return plain
  }
  return [...new Headers(init)]
}

const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const valuePattern = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/

function isPlainPair(pair: [string, unknown]): pair is [string, string] {
  return tokenPattern.test(pair[0]) && typeof pair[1] === 'string' && valuePattern.test(pair[1])
}

function has(headers: HeaderList, name: string): boolean {
  for (const [key] of headers) if (key.length === name.length && key.toLowerCase() === name) return true
  return false
}

/** Names that differ in case only are one header to `fetch`. */
function hasRepeated(pairs: readonly [string, string][]): boolean {
  return pairs.length > 1 && new Set(pairs.map(([name]) => name.toLowerCase())).size < pairs.length
}
