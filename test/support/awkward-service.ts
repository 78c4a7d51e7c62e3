import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  constants,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
} from 'node:http2'
import zlib from 'node:zlib'
import { WebSocketServer } from 'ws'

const json = Buffer.from(JSON.stringify({ id: 7, name: 'Grüße', list: [1, 2.5, 1e3], nested: { deep: null } }, null, 1))

/** Bytes of every value, none of them random. */
export const large: Buffer = Buffer.alloc(1_000_000, createHash('sha512').update('large').digest())

type Route = (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown

const encoded =
  (encoding: string, encode: (bytes: Buffer) => Buffer): Route =>
  (_request, response) => {
    const bytes = encode(json)
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Encoding': encoding,
      'Content-Length': bytes.length,
    })
    response.end(bytes)
  }

/** What an HTTP service may do to its clients, by path. */
export const routes: Readonly<Record<string, Route>> = {
  '/identity': (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': json.length }).end(json)
  },
  '/gzip': encoded('gzip', zlib.gzipSync),
  '/br': encoded('br', zlib.brotliCompressSync),
  '/deflate': encoded('deflate', zlib.deflateSync),
  '/zstd': encoded('zstd', zlib.zstdCompressSync),
  '/binary': (_request, response) => {
    response.setHeader('content-type', 'application/octet-stream')
    response.end(Buffer.from(Array.from({ length: 256 }, (_, at) => at)))
  },
  '/large': (_request, response) => {
    response.setHeader('content-type', 'application/octet-stream')
    response.end(large)
  },
  '/repeated-headers': (_request, response) => {
    const lines = [
      'Set-Cookie',
      'a=1; Path=/',
      'X-One',
      '1',
      'set-cookie',
      'b=2',
      'Link',
      '</2>; rel="next"',
      'LINK',
      '</9>',
    ]
    response.writeHead(200, [...lines, 'x-one', '2', 'Content-Length', '2', 'X-Latin', 'caf\xe9', 'X-Empty', ''])
    response.end('ok')
  },
  '/chunked': async (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain' })
    for (const part of ['one ', 'two ', 'three']) {
      response.write(part)
      await new Promise(setImmediate)
    }
    response.end()
  },
  '/trailers': (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain', Trailer: 'Digest, X-Count' })
    response.write('with trailers')
    response.addTrailers({ Digest: 'sha-256=abc', 'X-Count': '2' })
    response.end()
  },
  '/early-hints': (_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }, () => response.end('after the hints'))
  },
  '/head': (_request, response) => {
    response.writeHead(200, { 'Content-Length': '12345', ETag: '"v1"' }).end()
  },
  '/no-content': (_request, response) => {
    response.writeHead(204, { 'X-Kept': 'yes' }).end()
  },
  '/not-modified': (_request, response) => {
    response.writeHead(304, { ETag: '"v1"' }).end()
  },
  '/reason': (_request, response) => {
    response.writeHead(418, "I'm a Teapot Indeed", { 'Content-Length': 0 }).end()
  },
  '/redirect': (_request, response) => {
    response.writeHead(302, { Location: '/identity?by=redirect', 'Content-Length': 0 }).end()
  },
  '/see-other': (_request, response) => {
    response.writeHead(303, { Location: '/headers?by=see-other', 'Content-Length': 0 }).end()
  },
  '/headers': (request, response) => {
    const raw = request.rawHeaders.map((text, at) =>
      request.rawHeaders[at - 1]?.toLowerCase() === 'host' ? 'HOST' : text,
    )
    response.end(JSON.stringify([request.method, request.url, raw]))
  },
  '/echo': (request, response, body) => {
    const digest = createHash('sha256').update(body).digest('hex')
    response.end(JSON.stringify([request.method, request.url, request.headers['content-type'], body.length, digest]))
  },
  '/events': async (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
    for (const [at, text] of ['first', 'second', 'third'].entries()) {
      response.write(`id: ${at}\nevent: tick\ndata: ${text}\n\n`)
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    response.end()
  },
  '/reset': (request) => request.socket.resetAndDestroy(),
  '/hang-up': (request) => request.socket.end(),
  '/truncated': (request) => {
    request.socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nonly this much')
  },
  '/truncated-chunks': (request) => {
    request.socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nff\r\nbut not')
  },
  '/malformed': (request) => {
    request.socket.end('SMTP 220 this is no HTTP\r\n\r\n')
  },
  '/silent': () => {},
}

/** Answers by {@link routes}; nothing that changes from run to run is sent. */
export function answerAwkwardly(request: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const route = routes[(request.url ?? '').split('?')[0] ?? '']
    if (route) void route(request, response, Buffer.concat(chunks))
    else response.writeHead(404, { 'Content-Length': 0 }).end()
  })
}

/** The same service as a server, with WebSockets at `/socket`. */
export function awkwardServer(): ReturnType<typeof createServer> {
  const server = createServer({ keepAliveTimeout: 30_000 }, answerAwkwardly)
  const sockets = new WebSocketServer({ server, path: '/socket' })
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) socket.send(Buffer.from(data).reverse())
      else {
        socket.send(`heard ${data.toString()}`)
        socket.send(Buffer.from([0, 1, 2, 254, 255]))
        socket.ping('still there')
        socket.send('in two', { fin: false })
        socket.send(' parts', { fin: true })
      }
    })
  })
  return server
}

/** Answers HTTP/2: repeated headers, trailers, a large body, a reset stream. */
export function answerHttp2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const path = headers[':path']
  stream.on('error', () => {})
  switch (path) {
    case '/h2/trailers': {
      const lines = { ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'x-one': '1' }
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-count': '2' }))
      stream.respond(lines, { sendDate: false, waitForTrailers: true } as ServerStreamResponseOptions)
      stream.end('with trailers')
      return
    }
    case '/h2/large':
      stream.respond({ ':status': 200 }, { sendDate: false } as ServerStreamResponseOptions)
      stream.end(large)
      return
    case '/h2/reset':
      stream.close(constants.NGHTTP2_INTERNAL_ERROR)
      return
    default: {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const type = { ':status': 201, 'content-type': 'application/json' }
        stream.respond(type, { sendDate: false } as ServerStreamResponseOptions)
        stream.end(JSON.stringify([headers[':method'], path, Buffer.concat(chunks).toString()]))
      })
    }
  }
}
