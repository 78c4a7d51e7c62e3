import { AsyncLocalStorage } from 'node:async_hooks'
import type { createServer, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { asAsker } from '../../core/asker.ts'
import type { Place } from '../../core/protocol.ts'
import { answer, type Serving } from './answer.ts'
import { askedHeaders } from './asked-headers.ts'
import { Http1Writer } from './http1-writer.ts'
import { isWebSocket } from './hop-by-hop.ts'
import type { HeaderList, HttpQuestion, HttpVersion } from './message.ts'
import { nodeHttp } from './node-http.ts'
import { headerPairs } from './raw-head.ts'
import { serveWebSocket } from './serve-websocket.ts'

const maxHeaderBytes = 1 << 20

/** Speaks HTTP/1.1 with a client, through a server of node's that never listens. */
export function createHttp1Server(): (serving: Serving) => void {
  const servings = new WeakMap<Duplex, Serving>()
  const server: Server = nodeHttp.createServer({
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: false,
    keepAliveTimeout: 0,
    requestTimeout: 0,
    headersTimeout: 0,
    insecureHTTPParser: false,
    // Offers to switch to anything else (`h2c`) may be ignored, and are.
    shouldUpgradeCallback: (request: IncomingMessage) => isWebSocket(headerPairs(request.rawHeaders)),
  } as Parameters<typeof createServer>[0] & object)
  server.timeout = 0
  server.maxHeadersCount = 0

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const serving = servings.get(request.socket)
    if (serving) asAsker(serving.client, () => receive(serving, request, response))
    else request.socket.destroy()
  }

  server.on('request', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('upgrade', (request, socket, head) => {
    const serving = servings.get(socket)
    if (!serving) return socket.destroy()
    const question = questionOf(request, serving.place, new Uint8Array(), [])
    return asAsker(socket, () => serveWebSocket(serving, question, request, head))
  })

  return (serving) => {
    servings.set(serving.client, serving)
    server.emit('connection', serving.client)
  }
}

function receive(serving: Serving, request: IncomingMessage, response: ServerResponse): void {
  const { place } = serving
  if (!hasBody(request)) return respond(serving, questionOf(request, place, empty, []), response)
  // The connection may belong to another test by the time the body has come.
  const asWhoeverAsked = AsyncLocalStorage.snapshot()
  const chunks: Uint8Array[] = []
  request.on('data', (chunk: Uint8Array) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    const question = questionOf(request, place, body, headerPairs(request.rawTrailers))
    asWhoeverAsked(respond, serving, question, response)
  })
  return undefined
}

const empty = new Uint8Array()

function respond(serving: Serving, question: HttpQuestion, response: ServerResponse): void {
  answer(serving, question, new Http1Writer(response, question, serving.client))
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

function questionOf(request: IncomingMessage, place: Place, body: Uint8Array, trailers: HeaderList): HttpQuestion {
  const path = request.url ?? '/'
  return {
    method: request.method ?? 'GET',
    url: path.startsWith('/') ? place.origin + path : absolute(path, place.origin),
    version: (request.httpVersion === '1.0' ? '1.0' : '1.1') satisfies HttpVersion,
    headers: askedHeaders(headerPairs(request.rawHeaders), path, place),
    body,
    trailers,
  }
}

// A proxy is asked for whole URLs; `OPTIONS *` asks for no path at all.
function absolute(target: string, origin: string): string {
  return target.includes('://') ? target : `${origin}/${target}`
}
