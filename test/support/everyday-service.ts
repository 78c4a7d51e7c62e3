import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

/** Text that compresses, a third of a megabyte of it. */
const long = Array.from({ length: 20_000 }, (_, at) => `line number ${at}`).join('\n')

/** Answers as the APIs do that common clients are made for: JSON, pages, uploads, streams, and the odd failure. */
export function everydayService(): (request: IncomingMessage, response: ServerResponse) => void {
  let asked = 0
  const count = (): number => ++asked
  return (request, response) => {
    response.sendDate = false
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void answer(request, response, Buffer.concat(chunks), count))
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  count: () => number,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://service')
  const send = (status: number, value: unknown, headers: Record<string, string> = {}): void => {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify(value))
  }
  const [, first, second] = url.pathname.split('/')
  switch (first) {
    case 'items':
      return send(200, { id: Number(second), name: `item ${second}` })
    case 'counter':
      return send(200, { count: count() })
    case 'echo': {
      const type = request.headers['content-type']?.replace(/boundary=.*/, 'boundary')
      const multipart = type?.startsWith('multipart/')
      const seen = multipart ? parts(body) : digest(body)
      return send(200, { method: request.method, type, length: multipart ? 0 : body.length, seen })
    }
    case 'large':
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(gzipSync(long))
      return
    case 'parts':
      response.writeHead(200, { 'content-type': 'text/plain' })
      for (const part of ['one,', 'two,', 'three']) {
        response.write(part)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      response.end()
      return
    case 'endless':
      response.writeHead(200, { 'content-type': 'text/plain' }).write('it begins')
      return
    case 'silent':
      return
    case 'moved':
      response.writeHead(302, { location: '/items/302' }).end()
      return
    case 'fails':
      return send(Number(second), { message: 'it failed', code: second })
    case 'cookies':
      response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; HttpOnly'])
      return send(200, { cookies: 2 })
    default:
      return vendor(request, url, body, send)
  }
}

/** The shape of a multipart body, whose boundary is another each time. */
function parts(body: Buffer): string {
  return digest(Buffer.from(body.toString('latin1').replaceAll(/-{2,}[\w-]+/g, '--')))
}

/** A few paths of the APIs of GitHub and Stripe. */
function vendor(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  send: (status: number, value: unknown, headers?: Record<string, string>) => void,
): void {
  const page = Number(url.searchParams.get('page') ?? 1)
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /repos/octo/hello/issues': {
      const next = `<http://${request.headers.host}/repos/octo/hello/issues?per_page=2&page=${page + 1}>; rel="next"`
      return send(200, [{ number: page * 2 - 1 }, { number: page * 2 }], page < 3 ? { link: next } : {})
    }
    case 'POST /repos/octo/hello/issues/1/labels':
      return send(
        200,
        (JSON.parse(body.toString()) as { labels: string[] }).labels.map((name) => ({ name })),
      )
    case 'POST /v1/customers':
      return send(200, { id: 'cus_1', object: 'customer', ...Object.fromEntries(new URLSearchParams(body.toString())) })
    case 'GET /v1/charges': {
      const after = url.searchParams.get('starting_after')
      const data = after ? [{ id: 'ch_3', object: 'charge' }] : ['ch_1', 'ch_2'].map((id) => ({ id, object: 'charge' }))
      return send(200, { object: 'list', url: '/v1/charges', has_more: !after, data })
    }
    case 'POST /v1/charges': {
      const error = { type: 'card_error', code: 'card_declined', message: 'Your card was declined.', param: '' }
      return send(402, { error }, { 'request-id': 'req_1' })
    }
    default:
      return send(404, { message: 'Not Found', documentation_url: 'https://docs.example.com' })
  }
}
