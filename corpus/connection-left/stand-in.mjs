import { once } from 'node:events'
import { createServer } from 'node:net'
import { standIn } from 'corpus-kit/stand-in'

export const carrier = await standIn('CARRIER_URL', {
  'GET /labels/:id': ({ params }) => [200, { zpl: `^XA^FD${params.id}^FS^XZ` }],
})

/** A printer in the warehouse, which says how many labels have come. */
const connections = new Set()
const server = createServer((connection) => {
  connections.add(connection)
  connection.on('close', () => connections.delete(connection)).on('error', () => {})
  connection.on('data', () => connection.write('printed\n'))
}).unref()
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.env.PRINTER_PORT = String(server.address().port)

export const connected = () => connections.size
