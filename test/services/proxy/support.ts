import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Toxiproxy } from 'toxiproxy-node-client'
import { repository } from '../../support/project.ts'

/** A `mortar proxy` that runs, and clients for it. */
export interface ProxyServer {
  readonly url: string
  readonly client: Toxiproxy
  readonly ended: Promise<Ended>
  /** What it has printed so far. */
  stdout(): string
  kill(signal: NodeJS.Signals): void
  /** Asks the admin API; what is no string is sent as JSON. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
}

/** What the admin API answered. */
export interface Answer {
  readonly status: number
  readonly type: string | null
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever it is, the test compares it
  readonly body: any
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the real command on a free port, and waits until it listens. */
export async function startProxyServer(
  args: readonly string[] = [],
  after: (close: () => Promise<void>) => void = onTestFinished,
): Promise<ProxyServer> {
  const main = join(repository, 'dist/cli/main.js')
  const env = { ...process.env, NO_COLOR: '1' }
  const child = spawn(process.execPath, [main, 'proxy', '--port', '0', ...args], { env })
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout: stdout(),
    stderr: stderr(),
  }))
  after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /admin API at (\S+)\n/.exec(stdout())
      if (found) resolve(found[1]!)
    })
    void ended.then(() => reject(new Error(`it ended: ${stderr()}`)))
  })
  return {
    url,
    client: new Toxiproxy(url),
    stdout,
    ended,
    kill: (signal) => void child.kill(signal),
    async ask(method, path, body, headers = {}) {
      const init = { method, headers, ...(body !== undefined && { body: asText(body) }) }
      const response = await fetch(url + path, init)
      const text = await response.text()
      const type = response.headers.get('content-type')
      return { status: response.status, type, text, body: type?.includes('json') ? JSON.parse(text) : undefined }
    },
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (chunk: Buffer) => void (text += chunk.toString()))
  return () => text
}

function asText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

/** A server of the test on a free port. */
export interface TestServer {
  readonly address: string
  /** Connections that it has now. */
  readonly connections: ReadonlySet<net.Socket>
  close(): void
}

/** Listens until the test has finished. */
export async function serve(onConnection: (socket: net.Socket) => void): Promise<TestServer> {
  const connections = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket)
    socket.on('error', () => {}).once('close', () => connections.delete(socket))
    onConnection(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = (): void => {
    server.close()
    for (const socket of connections) socket.destroy()
  }
  onTestFinished(close)
  return { address: `127.0.0.1:${(server.address() as net.AddressInfo).port}`, connections, close }
}

/** Sends back whatever it gets. */
export function echo(): Promise<TestServer> {
  return serve((socket) => socket.pipe(socket))
}

/** A connection of a test, and all that has happened to it. */
export interface TestConnection {
  readonly socket: net.Socket
  /** All bytes so far. */
  readonly text: string
  /** How they came. */
  readonly chunks: readonly string[]
  /** `open`, `ended`, `closed` in good order, or the code of the error. */
  readonly state: string
  send(text: string): void
  /** Resolves with what has come, once that is so many bytes. */
  bytes(count: number): Promise<string>
  /** Resolves with the state once it is no longer open. */
  over(): Promise<string>
}

/** Connects to `host:port`. */
export async function open(address: string): Promise<TestConnection> {
  const [host = '', port] = address.split(/:(?=\d+$)/)
  const socket = net.connect(Number(port), host)
  const chunks: string[] = []
  let state = 'open'
  const looks = new Set<() => void>()
  const look = (): void => looks.forEach((one) => one())
  socket
    .on('data', (chunk: Buffer) => void chunks.push(chunk.toString('latin1')))
    .on('error', (error: NodeJS.ErrnoException) => (state = error.code ?? 'error'))
    .on('end', () => (state = state === 'open' ? 'ended' : state))
    .on('close', () => (state = state === 'open' ? 'closed' : state))
  for (const event of ['data', 'end', 'close']) socket.on(event, look)
  onTestFinished(() => void socket.destroy())
  await new Promise((resolve) => void socket.once('connect', resolve).once('close', resolve))
  const until = (reached: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const one = (): void => {
        if (!reached()) return
        looks.delete(one)
        resolve()
      }
      looks.add(one)
      one()
    })
  return {
    socket,
    chunks,
    get text() {
      return chunks.join('')
    },
    get state() {
      return state
    },
    send: (text) => void socket.write(text, 'latin1'),
    async bytes(count) {
      await until(() => chunks.join('').length >= count || state !== 'open')
      return chunks.join('')
    },
    async over() {
      await until(() => state !== 'open')
      return state
    },
  }
}

/** Sends a line over a connection of its own, and returns what comes back. */
export async function say(address: string, text: string): Promise<string> {
  const connection = await open(address)
  connection.send(text)
  const got = await connection.bytes(text.length)
  connection.socket.destroy()
  return got.length > 0 ? got : connection.state
}
