/** Carries connections to a server of this machine: by node's own pipe, or by Mortar's decoding relay. */
import net from 'node:net'
import { join } from 'node:path'
import { dist } from '../project.ts'

const { path, port } = JSON.parse(process.argv[2] ?? '{}') as { path: 'pipe' | 'mortar'; port: number }

if (path === 'pipe') {
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy())
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1', () => say((server.address() as net.AddressInfo).port))
} else {
  const { listenForWire } = await import(join(dist, 'engine/wire-listener.js'))
  const { postgresWire } = await import(join(dist, 'protocols/postgres/postgres-wire.js'))
  const { createFaultSet } = await import(join(dist, 'modes/faults/fault-set.js'))
  const exchange = { message() {}, close() {} }
  const recorder = { open: () => exchange }
  const target = { host: '127.0.0.1', port }
  const listener = await listenForWire({ wire: postgresWire(), target, recorder, faults: createFaultSet() })
  say(listener.port)
}

function say(at: number): void {
  console.log(JSON.stringify({ port: at }))
}
process.stdin.resume().on('end', () => process.exit(0))
