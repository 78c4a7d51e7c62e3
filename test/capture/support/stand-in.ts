import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'

/** What a stand-in saw of one request. */
export interface Seen {
  readonly origin: string
  readonly method: string
  readonly url: string
  readonly version: string
  readonly headers: http.IncomingHttpHeaders
}

/** Serves connections with node's own servers, in the place of a protocol. */
export interface StandIn {
  readonly seen: Seen[]
  readonly serve: (client: Duplex, origin: string) => Promise<void>
}

/** Answers every request with `answered <origin> <url>`. */
export function createStandIn(): StandIn {
  const seen: Seen[] = []
  const origins = new WeakMap<object, string>()
  const handle = (request: http.IncomingMessage | http2.Http2ServerRequest, response: http.ServerResponse): void => {
    const socket = request instanceof http.IncomingMessage ? request.socket : request.stream.session?.socket
    const origin =
      sessions.get((request as http2.Http2ServerRequest).stream?.session as object) ?? origins.get(socket!)!
    const { method = '', url = '', httpVersion: version, headers } = request
    seen.push({ origin, method, url, version, headers })
    request.resume().on('end', () => response.end(`answered ${origin} ${url}`))
  }
  const sessions = new WeakMap<object, string>()
  const one = http.createServer(handle)
  const two = http2.createServer(handle as never)
  return {
    seen,
    async serve(client, origin) {
      origins.set(client, origin)
      const closed = once(client, 'close')
      if ((client as TLSSocket).alpnProtocol === 'h2') {
        two.once('session', (session) => sessions.set(session, origin))
        two.emit('connection', client)
      } else one.emit('connection', client)
      await closed
    },
  }
}

/** How a command ended. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command with exactly `env` and what it needs to be found. */
export async function runCommand(command: string, args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const child: ChildProcess = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')])
  return { code: code as number | null, stdout, stderr }
}

/** Listens on a free port of this machine. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Makes a folder that is gone when the test is over. */
export async function temporaryFolder(after: (work: () => Promise<void>) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mortar-'))
  after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
