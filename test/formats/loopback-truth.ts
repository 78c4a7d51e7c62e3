import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** What the server saw and sent for one request; imports are compared with it. */
export interface Truth {
  readonly method: string
  readonly path: string
  readonly requestHeaders: IncomingHttpHeaders
  readonly requestBody: Buffer
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

/** A loopback service and the list of all it answered, in order. */
export interface LoopbackTruth {
  readonly origin: string
  readonly answered: readonly Truth[]
  close(): Promise<void>
}

/** Bytes that are no valid UTF-8, with the signature of a PNG image. */
export const pngBytes: Buffer = Buffer.from([
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff, 0xfe, 0x80, 0x01,
])

/** The value the compressed answer holds; not plain ASCII on purpose. */
export const gzipValue: { readonly name: string; readonly list: readonly number[] } = { name: 'Zoë €', list: [1, 2, 3] }

const answers: Record<string, { status: number; headers: [string, string][]; body: Buffer }> = {
  '/cookies': {
    status: 200,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2; Path=/'],
    ],
    body: Buffer.from('two cookies, ünïcode'),
  },
  '/gzip': {
    status: 200,
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Encoding', 'gzip'],
    ],
    body: gzipSync(JSON.stringify(gzipValue)),
  },
  '/image.png': { status: 200, headers: [['Content-Type', 'image/png']], body: pngBytes },
  '/form': { status: 201, headers: [['Content-Type', 'application/json']], body: Buffer.from('{"saved":true}') },
  '/json': {
    status: 200,
    headers: [['Content-Type', 'application/json']],
    body: Buffer.from('{ "spaced": [1, 2] }\n'),
  },
  '/upload': { status: 204, headers: [], body: Buffer.alloc(0) },
  '/redirect': { status: 302, headers: [['Location', '/landed?from=redirect']], body: Buffer.alloc(0) },
  '/landed': { status: 200, headers: [['Content-Type', 'text/plain']], body: Buffer.from('landed') },
}
const missing = {
  status: 404,
  headers: [['Content-Type', 'text/plain']] as [string, string][],
  body: Buffer.from('nothing here'),
}

/** Starts the service on a free port. */
export async function startLoopbackTruth(): Promise<LoopbackTruth> {
  const answered: Truth[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? '/'
      const { status, headers, body } = answers[path.split('?')[0] ?? ''] ?? missing
      const sent = [
        ...headers,
        ['Date', 'Tue, 04 Mar 2025 05:06:07 GMT'],
        ['Connection', 'close'],
        ...(status === 204 ? [] : [['Content-Length', String(body.length)]]),
      ] as [string, string][]
      answered.push({
        method: request.method ?? '',
        path,
        requestHeaders: request.headers,
        requestBody: Buffer.concat(chunks),
        status,
        headers: sent,
        body,
      })
      response.writeHead(status, sent.flat())
      response.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
