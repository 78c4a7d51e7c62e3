import type { Peer } from '../../core/peer.ts'
import { readyReplies } from '../../core/peer.ts'
import { noteResponse } from './body-use.ts'
import { type FetchCall, fetchCall, type FetchInput, question } from './fetch-request.ts'
import { readyResponse, streamedResponse } from './fetch-response.ts'
import type { HttpQuestion, HttpReply } from './message.ts'

/** Who answers a URL: a peer, an error to reject with, or `undefined` for the network. */
export type FetchRoute = (url: string) => Peer<HttpQuestion, HttpReply> | Error | undefined

/**
 * Makes a `fetch` that asks peers instead of the network. It keeps what callers can see of the real one: redirects,
 * decoding, `response.url`, abort signals, `TypeError: fetch failed` with its cause.
 *
 * @param network - Called for addresses that have no peer.
 */
export function createFetch(route: FetchRoute, network: typeof globalThis.fetch): typeof globalThis.fetch {
  async function mortarFetch(input: FetchInput, init?: RequestInit): Promise<Response> {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
    const peer = route(url)
    if (!peer) return network(input, init)
    if (peer instanceof Error) throw peer
    const call = fetchCall(input, init)
    return follow(call instanceof Promise ? await call : call, peer, route, network)
  }
  return mortarFetch
}

const maxRedirects = 20

async function follow(
  call: FetchCall,
  first: Peer<HttpQuestion, HttpReply>,
  route: FetchRoute,
  network: typeof globalThis.fetch,
): Promise<Response> {
  let asked = call.question
  let peer = first
  for (let hops = 0; ; hops++) {
    const response = await answer(asked, peer, call, hops > 0)
    const location = call.redirect === 'manual' ? null : redirectTarget(response)
    if (!location) return response
    if (call.redirect === 'error' || hops === maxRedirects) {
      const why = call.redirect === 'error' ? 'unexpected redirect' : 'redirect count exceeded'
      throw new TypeError('fetch failed', { cause: new Error(why) })
    }
    // Read rather than cancelled: a recording must not say that the client gave up.
    response.arrayBuffer().catch(() => {})
    asked = redirected(asked, new URL(location, asked.url), response.status)
    const next = route(asked.url)
    if (next instanceof Error) throw next
    if (!next) return network(asked.url, leftover(asked, call))
    peer = next
  }
}

/** Calls whose answer is coming; what their signals depend on must not become garbage meanwhile. */
const open = new Set<FetchCall>()

async function* whileOpen(call: FetchCall, replies: AsyncIterable<HttpReply>): AsyncGenerator<HttpReply> {
  open.add(call)
  try {
    yield* replies
  } finally {
    open.delete(call)
  }
}

async function answer(
  asked: HttpQuestion,
  peer: Peer<HttpQuestion, HttpReply>,
  call: FetchCall,
  isRedirected: boolean,
): Promise<Response> {
  const { signal } = call
  signal?.throwIfAborted()
  const made = (response: Response): void => noteResponse(asked, response)
  const from = { url: asked.url, redirected: isRedirected, made }
  const stop = new AbortController()
  const replies = peer(asked, stop.signal)
  const ready = readyReplies(replies)
  if (ready) return readyResponse(ready, from)
  const coming = call.requests ? whileOpen(call, replies) : replies
  const streamed = streamedResponse(coming[Symbol.asyncIterator](), from, stop.signal)
  if (!signal) return streamed
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => {})
  const abort = (): void => {
    stop.abort(signal.reason)
    aborted.reject(signal.reason as Error)
  }
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([streamed, aborted.promise])
}

function redirectTarget(response: Response): string | null {
  const { status } = response
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
    ? response.headers.get('location')
    : null
}

const bodyHeaders = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-location',
])
const secrets = new Set(['authorization', 'proxy-authorization', 'cookie'])
const derived = new Set(['host', 'connection', 'content-length'])

/** The request that follows a redirect, by the rules of the Fetch standard. */
function redirected(asked: HttpQuestion, to: URL, status: number): HttpQuestion {
  const toGet =
    ((status === 301 || status === 302) && asked.method === 'POST') ||
    (status === 303 && asked.method !== 'GET' && asked.method !== 'HEAD')
  const crossOrigin = new URL(asked.url).origin !== to.origin
  const headers = asked.headers.filter(([name]) => {
    const key = name.toLowerCase()
    return !derived.has(key) && !(toGet && bodyHeaders.has(key)) && !(crossOrigin && secrets.has(key))
  })
  return question(toGet ? 'GET' : asked.method, to, headers, toGet ? new Uint8Array() : asked.body)
}

function leftover(asked: HttpQuestion, call: FetchCall): RequestInit {
  const headers = asked.headers.filter(([name]) => !derived.has(name.toLowerCase()))
  return {
    method: asked.method,
    headers: headers as [string, string][],
    redirect: call.redirect,
    signal: call.signal ?? null,
    ...(asked.body.length > 0 && { body: asked.body as Uint8Array<ArrayBuffer> }),
  }
}

/** Whether a URL is one that HTTP boundaries can answer. */
export function isHttpUrl(url: string): boolean {
  return /^https?:/i.test(url)
}
