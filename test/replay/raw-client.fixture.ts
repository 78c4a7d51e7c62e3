/** Asks everything of the awkward service and prints what came back, to the byte. Knows nothing of Mortar. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'

const { BASE = '', REFUSED = '', UNTRUSTED = '', SECURE = '', PROXY } = process.env

type Report = Record<string, unknown>

const large = Buffer.alloc(1_000_000, 'upload')
const form = new URLSearchParams({ name: 'Ada Lovelace', 'tags[]': 'a' }).toString()
const boundary = '----sampleboundary'
const multipart = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--${boundary}--\r\n`

interface Case extends http.RequestOptions {
  readonly path: string
  readonly body?: string | Buffer
  /** Give up after so long, milliseconds. */
  readonly patience?: number
}

const post = (path: string, type: string, body: string | Buffer): Case => ({
  path,
  method: 'POST',
  headers: { 'Content-Type': type },
  body,
})

const cases: Record<string, Case> = {
  identity: { path: '/identity' },
  gzip: { path: '/gzip' },
  br: { path: '/br' },
  deflate: { path: '/deflate' },
  zstd: { path: '/zstd' },
  binary: { path: '/binary' },
  large: { path: '/large' },
  'repeated headers': { path: '/repeated-headers' },
  chunked: { path: '/chunked' },
  trailers: { path: '/trailers', headers: { TE: 'trailers' } },
  'early hints': { path: '/early-hints' },
  HEAD: { path: '/head', method: 'HEAD' },
  '204': { path: '/no-content' },
  '304': { path: '/not-modified', headers: { 'If-None-Match': '"v1"' } },
  reason: { path: '/reason' },
  redirect: { path: '/redirect' },
  'see other': post('/see-other', 'text/plain', 'x'),
  'not found': { path: '/nowhere' },
  'header case and order': { path: '/headers?b=2&a=1', headers: { 'X-Zed': '1', 'x-ALPHA': '2', 'X-zed-2': '3' } },
  'POST JSON': post('/echo?as=json', 'application/json', '{"b": 1, "a": [true, null]}'),
  'POST form': post('/echo?as=form', 'application/x-www-form-urlencoded', form),
  'POST multipart': post('/echo?as=multipart', `multipart/form-data; boundary=${boundary}`, multipart),
  'POST large': post('/echo?as=large', 'application/octet-stream', large),
  'PUT nothing': { path: '/echo?as=empty', method: 'PUT' },
  DELETE: { path: '/echo?as=delete', method: 'DELETE' },
  events: { path: '/events' },
  reset: { path: '/reset' },
  'hang-up': { path: '/hang-up' },
  truncated: { path: '/truncated' },
  'truncated chunks': { path: '/truncated-chunks' },
  malformed: { path: '/malformed' },
  'time-out': { path: '/silent', patience: 250 },
}

function summary(bytes: Buffer): unknown {
  if (bytes.length <= 2000) return bytes.toString('latin1')
  return { length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

function viaHttp(base: string, { path, body, patience, ...options }: Case): Promise<Report> {
  return new Promise((resolve) => {
    const informational: unknown[] = []
    const url = new URL(path, base)
    url.searchParams.set('by', 'http')
    const request = (url.protocol === 'https:' ? https : http).request(url, options)
    const give = (report: Report): void => resolve({ ...(informational.length > 0 && { informational }), ...report })
    if (patience !== undefined) setTimeout(() => request.destroy(new Error('gave up')), patience)
    request.on('information', ({ statusCode, rawHeaders }) => informational.push([statusCode, rawHeaders]))
    request.on('error', (error: NodeJS.ErrnoException) => give({ error: error.code ?? error.message }))
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      const { statusCode: status, statusMessage: reason, rawHeaders: headers, httpVersion: version } = response
      const done = (more: Report): void =>
        give({
          version,
          status,
          reason,
          headers,
          body: summary(Buffer.concat(chunks)),
          trailers: response.rawTrailers,
          ...more,
        })
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => done({}))
      response.on('error', (error: NodeJS.ErrnoException) => done({ error: error.code ?? error.message }))
    })
    request.end(body)
  })
}

async function viaFetch(base: string, { path, body, patience, method = 'GET', headers }: Case): Promise<Report> {
  const url = new URL(path, base)
  url.searchParams.set('by', 'fetch')
  const signal = patience === undefined ? null : AbortSignal.timeout(patience)
  let head: Report = {}
  try {
    const response = await fetch(url, {
      method,
      headers: headers as Record<string, string>,
      signal,
      ...(body && { body }),
    })
    const { status, statusText, redirected, type, ok } = response
    const at = response.url.slice(new URL(base).origin.length)
    head = { status, statusText, redirected, type, ok, at, headers: [...response.headers] }
    return { ...head, body: summary(Buffer.from(await response.arrayBuffer())) }
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
    return { ...head, error: [name, message, cause?.name === 'HTTPParserError' ? cause.name : cause?.code] }
  }
}

/** Frames are sent one after another, each when all that the last one caused has come. */
async function viaWebSocket(base: string): Promise<Report> {
  const key = Buffer.from('0123456789abcdef').toString('base64')
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
  }
  const request = http.request(new URL('/socket', base), { headers }).end()
  const [response, socket, head] = (await once(request, 'upgrade')) as [http.IncomingMessage, net.Socket, Buffer]
  let bytes = Buffer.from(head)
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
  })
  const until = async (count: number): Promise<void> => {
    while (bytes.length < count) await once(socket, 'data')
  }
  // Two bytes of each frame's head, and what it holds: the text, the bytes, the ping, and two parts.
  socket.write(frame(1, Buffer.from('hello')))
  await until(2 + 11 + 2 + 5 + 2 + 11 + 2 + 6 + 2 + 6)
  socket.write(frame(2, Buffer.from([1, 2, 3, 0, 255])))
  await until(49 + 2 + 5)
  socket.write(frame(8, Buffer.from([3, 232])))
  await once(socket, 'end')
  return { status: response.statusCode, headers: response.rawHeaders, bytes: bytes.toString('hex') }
}

function frame(opcode: number, payload: Buffer): Buffer {
  const mask = Buffer.from([1, 2, 3, 4])
  const masked = payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked])
}

async function viaHttp2(base: string): Promise<Record<string, Report>> {
  const session = http2.connect(base, PROXY ? { createConnection: await tunnel(new URL(PROXY), new URL(base)) } : {})
  const asked: Record<string, http2.OutgoingHttpHeaders & { body?: string }> = {
    'h2 trailers': { ':path': '/h2/trailers' },
    'h2 large': { ':path': '/h2/large' },
    'h2 POST': { ':path': '/h2/echo', ':method': 'POST', 'content-type': 'application/json', body: '{"a":1}' },
    'h2 reset': { ':path': '/h2/reset' },
  }
  const reports: Record<string, Report> = {}
  for (const [name, { body, ...headers }] of Object.entries(asked)) {
    reports[name] = await askHttp2(session, headers, body)
  }
  session.close()
  return reports
}

function askHttp2(
  session: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
  body?: string,
): Promise<Report> {
  return new Promise((resolve) => {
    const stream = session.request(headers)
    const report: Report = {}
    const chunks: Buffer[] = []
    stream.on('response', (_headers, _flags, raw: unknown) => (report['headers'] = raw))
    stream.on('trailers', (_headers, _flags, raw: unknown) => (report['trailers'] = raw))
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', (error: NodeJS.ErrnoException) => (report['error'] = [error.code, stream.rstCode]))
    stream.on('close', () => resolve({ ...report, body: summary(Buffer.concat(chunks)) }))
    stream.end(body)
  })
}

async function tunnel(proxy: URL, to: URL): Promise<() => tls.TLSSocket> {
  const { hostname, port, username, password } = proxy
  const credential = Buffer.from(`${username}:${password}`).toString('base64')
  const headers = { 'Proxy-Authorization': `Basic ${credential}` }
  const request = http.request({ hostname, port, method: 'CONNECT', path: to.host, headers, agent: false }).end()
  const [, socket] = (await once(request, 'connect')) as [unknown, net.Socket]
  const secure = tls.connect({ socket, host: to.hostname, ALPNProtocols: ['h2'] })
  await once(secure, 'secureConnect')
  return () => secure
}

async function attempt(work: () => Promise<Report>): Promise<Report> {
  const late = new Promise<Report>((resolve) => setTimeout(resolve, 5000, { error: 'no end' }))
  return Promise.race([work().catch((error: unknown) => ({ threw: String((error as Error).stack ?? error) })), late])
}

const only = process.argv[2]
const results: Record<string, Report> = {}
for (const [name, one] of Object.entries(cases)) {
  if (only !== undefined && only !== name) continue
  results[`http: ${name}`] = await attempt(() => viaHttp(BASE, one))
  results[`fetch: ${name}`] = await attempt(() => viaFetch(BASE, one))
}
if (only === undefined) {
  results['http: refused'] = await attempt(() => viaHttp(REFUSED, { path: '/' }))
  results['fetch: refused'] = await attempt(() => viaFetch(REFUSED, { path: '/' }))
  results['http: untrusted'] = await attempt(() => viaHttp(UNTRUSTED, { path: '/' }))
  results['fetch: untrusted'] = await attempt(() => viaFetch(UNTRUSTED, { path: '/' }))
  results['WebSocket'] = await attempt(() => viaWebSocket(BASE))
  Object.assign(results, await attempt(() => viaHttp2(SECURE)))
}
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit())
