/** What node's own HTTPS server and client can pass through at best: no CONNECT, no record, no journal. */
import https from 'node:https'

const { port, tls } = JSON.parse(process.argv[2] ?? '{}') as { port: number; tls: { key: string; cert: string } }
const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false })
const server = https.createServer(tls, (request, response) => {
  const { method, url: path, headers } = request
  const asked = https.request({ host: '127.0.0.1', port, agent, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
  })
  request.pipe(asked)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (server.address() as { port: number }).port }))
})
process.stdin.resume().on('end', () => process.exit(0))
