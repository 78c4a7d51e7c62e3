/**
 * Asks for GETs over many keep-alive connections, one question at a time on each, with as little work of its own as
 * possible: sockets, fixed requests, and a parser that only finds `content-length`.
 */
import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import { once } from 'node:events'
import { quantile } from '../measure.ts'
import { makeExchanges, requestHeaders } from '../exchanges.ts'
import type { Load, LoadResult } from '../loading.ts'

const load = JSON.parse(process.argv[2] ?? '{}') as Load
const { host, port, count, connections, warmUpMs, measureMs } = load
const headers = Object.entries(requestHeaders)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')
const requests = makeExchanges(count)
  .filter(({ method }) => method === 'GET')
  .map(({ path }) => Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}:${port}\r\n${headers}\r\n`))
const lengths = new Set(
  makeExchanges(count)
    .filter(({ method }) => method === 'GET')
    .map(({ answer }) => Buffer.byteLength(answer)),
)

let measuring = false
let stopping = false
let wrong = 0
let seen = ''
const times: number[] = []

const sockets = await Promise.all(Array.from({ length: connections }, connect))
for (const socket of sockets) ask(socket)
await wait(warmUpMs)
measuring = true
const [started, cpu] = [performance.now(), process.cpuUsage()]
await wait(measureMs)
measuring = false
stopping = true
const elapsed = performance.now() - started
const used = process.cpuUsage(cpu)
for (const socket of sockets) socket.destroy()
const result: LoadResult = {
  perSecond: (times.length / elapsed) * 1000,
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  wrong,
  ...(wrong > 0 && { seen }),
  clientCpu: (used.user + used.system) / 1000 / elapsed,
}
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))

function ask(socket: Socket): void {
  let sent = 0
  let expected = -1
  let received = 0
  let head = ''
  const send = (): void => {
    expected = -1
    received = 0
    head = ''
    sent = performance.now()
    socket.write(requests[Math.floor(Math.random() * requests.length)]!)
  }
  socket.on('data', (chunk: Buffer) => {
    let start = 0
    if (expected < 0) {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
      const body = Number(length ?? NaN)
      if (!head.startsWith('HTTP/1.1 200') || !lengths.has(body)) {
        wrong++
        seen ||= head.slice(0, 600)
        return void socket.destroy()
      }
      expected = body
      received = head.length - end - 4
      start = chunk.length
    }
    received += chunk.length - start
    if (received < expected) return
    if (measuring) times.push(performance.now() - sent)
    if (!stopping) send()
  })
  socket.on('close', () => {
    if (!stopping) wrong++
  })
  socket.on('error', (error) => {
    seen ||= String(error)
  })
  send()
}

async function connect(): Promise<Socket> {
  const plain = net.connect({ ...(load.proxy ?? { host, port }), noDelay: true })
  await once(plain, 'connect')
  if (!load.tls) return plain
  if (load.proxy) await tunnel(plain)
  // Whose certificate it is, is not measured: each subject signs with an authority of its own.
  const secure = tls.connect({ socket: plain, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
  await once(secure, 'secureConnect')
  return secure
}

async function tunnel(socket: Socket): Promise<void> {
  const credential = load.proxy?.authorization
  const authorization = credential ? `proxy-authorization: ${credential}\r\n` : ''
  socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nhost: ${host}:${port}\r\n${authorization}\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error(`no tunnel: ${answer.toString('latin1')}`)
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
