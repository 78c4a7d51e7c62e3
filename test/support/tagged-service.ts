import http2 from 'node:http2'
import { listening, type Upstream, upstream } from './upstream.ts'

/**
 * A service that answers with what the header `x-test` says, at different speeds: who gets the answer of another can
 * tell. Nothing else tells one question from another.
 */
export function taggedService(after: (close: () => Promise<void>) => void): Promise<Upstream> {
  let count = 0
  return upstream(
    (request, response) => {
      const delay = [1, 12, 4, 20, 7][count++ % 5]
      request.resume().on('end', () => setTimeout(() => response.end(`answer for ${request.headers['x-test']}`), delay))
    },
    { after },
  )
}

/** The same over HTTP/2 without TLS. */
export function taggedHttp2Service(after: (close: () => Promise<void>) => void): ReturnType<typeof listening> {
  const server = http2.createServer().on('stream', (stream, headers) => {
    stream.on('error', () => {}).respond({ ':status': 200 })
    stream.end(`answer for ${headers['x-test']}`)
  })
  return listening(server, { after })
}
