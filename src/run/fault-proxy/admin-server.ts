import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { MortarError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { type Listener, openListener } from '../../engine/listener.ts'
import { answerApi } from './admin-api.ts'
import { ApiError, badBody } from './api-error.ts'
import type { Proxies } from './proxies.ts'

const maxBodyBytes = 1 << 20

/**
 * Listens for requests to the admin API.
 *
 * @throws MortarError `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export function openAdminServer(proxies: Proxies, address: { host: string; port: number }): Promise<Listener> {
  const server = createServer((request, response) => void handle(proxies, request, response))
  return openListener({
    ...address,
    purpose: 'the admin API of the proxies',
    onConnection(client) {
      server.emit('connection', client)
    },
  })
}

async function handle(proxies: Proxies, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A page in a browser could otherwise steer whatever listens on this machine.
  if (request.headers['user-agent']?.startsWith('Mozilla/')) {
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end('User agent not allowed\n')
    return void request.resume()
  }
  try {
    const { method = '', url = '/' } = request
    const { status, body } = await answerApi(proxies, { method, path: partsOf(url), body: () => readBody(request) })
    send(response, status, body)
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 500
    const message = error instanceof MortarError ? `${error.code}: ${error.reason}` : (error as Error).message
    send(response, status, { error: message, status })
  }
  request.resume()
}

function send(response: ServerResponse, status: number, body: Json | undefined): void {
  if (body === undefined) return void response.writeHead(status).end()
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

function partsOf(url: string): readonly string[] {
  const [path = ''] = url.split('?')
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    throw new ApiError(400, `bad request path: ${path}`)
  }
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= maxBodyBytes) chunks.push(chunk)
  }
  if (bytes > maxBodyBytes) throw badBody(`more than ${maxBodyBytes} bytes`)
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as Json
  } catch (error) {
    throw badBody(bytes === 0 ? 'EOF' : (error as Error).message)
  }
}
