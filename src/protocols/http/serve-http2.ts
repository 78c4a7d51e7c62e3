import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { asAsker } from '../../core/asker.ts'
import { answer, type Serving } from './answer.ts'
import { Http2Writer } from './http2-writer.ts'
import type { HeaderList, HttpQuestion } from './message.ts'
import { headerPairs } from './raw-head.ts'

/** Limits of a session that is meant to take whatever the real service would take. */
export const http2Limits: {
  readonly maxHeaderListPairs: number
  readonly maxSessionMemory: number
  readonly maxSendHeaderBlockLength: number
  readonly strictSingleValueFields: boolean
} = {
  maxHeaderListPairs: 2000,
  maxSessionMemory: 1000,
  maxSendHeaderBlockLength: 1 << 20,
  strictSingleValueFields: false,
}

/** Speaks HTTP/2 with a client, through a server of node's that never listens. */
export function createHttp2Server(): (serving: Serving) => void {
  const servings = new WeakMap<ServerHttp2Session, Serving>()
  const server: Http2Server = createServer({ ...http2Limits, settings: { maxHeaderListSize: 1 << 20 } })
  let entering: Serving | undefined
  server.on('session', (session) => {
    if (entering) servings.set(session, entering)
  })
  // The stream or the client says so as well.
  server.on('sessionError', () => {})
  server.on('stream', (stream, _headers, _flags, rawHeaders) => {
    const serving = stream.session && servings.get(stream.session as ServerHttp2Session)
    if (!serving) return stream.destroy()
    stream.on('error', () => {})
    return asAsker(serving.client, () => receive(serving, stream, headerPairs(rawHeaders)), stream.id)
  })

  return (serving) => {
    entering = serving
    server.emit('connection', serving.client)
    entering = undefined
  }
}

function receive(serving: Serving, stream: ServerHttp2Stream, lines: HeaderList): void {
  const chunks: Uint8Array[] = []
  let trailers: HeaderList = []
  const asWhoeverAsked = AsyncLocalStorage.snapshot()
  const respond = (): void => {
    const question = questionOf(lines, serving.place.origin, Buffer.concat(chunks), trailers)
    answer(serving, question, new Http2Writer(stream, question))
  }
  if (stream.endAfterHeaders) return respond()
  stream.on('data', (chunk: Uint8Array) => chunks.push(chunk))
  stream.on('trailers', (...args: unknown[]) => {
    trailers = headerPairs(args[2] as string[])
  })
  stream.on('end', () => asWhoeverAsked(respond))
  return undefined
}

function questionOf(lines: HeaderList, origin: string, body: Uint8Array, trailers: HeaderList): HttpQuestion {
  const pseudo = (name: string): string | undefined => lines.find(([key]) => key === name)?.[1]
  const path = pseudo(':path') ?? '/'
  return {
    method: pseudo(':method') ?? 'GET',
    url: path.startsWith('/') ? origin + path : `${origin}/${path}`,
    version: '2',
    headers: lines.filter(([name]) => !name.startsWith(':')),
    body,
    trailers,
  }
}
