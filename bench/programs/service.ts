/** The real service: node's own HTTP or HTTPS server and a Map. */
import http from 'node:http'
import https from 'node:https'
import { answerHeaders, makeExchanges } from '../exchanges.ts'

const { count, tls } = JSON.parse(process.argv[2] ?? '{}') as { count: number; tls?: { key: string; cert: string } }
const answers = new Map(
  makeExchanges(count).map(({ method, path, body, answer }) => [
    `${method} ${path} ${body ?? ''}`,
    Buffer.from(answer),
  ]),
)

function serve(request: http.IncomingMessage, response: http.ServerResponse): void {
  if (request.method === 'GET') return answer(request, response, '')
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()))
}

function answer(request: http.IncomingMessage, response: http.ServerResponse, body: string): void {
  const found = answers.get(`${request.method} ${request.url} ${body}`)
  if (!found) return void response.writeHead(404).end()
  response.writeHead(200, { ...answerHeaders, 'content-length': found.length }).end(found)
}

const server = tls ? https.createServer(tls, serve) : http.createServer(serve)
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (server.address() as { port: number }).port }))
})
process.stdin.resume().on('end', () => process.exit(0))
