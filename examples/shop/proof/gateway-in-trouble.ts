import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands before the gateway and spoils its answers. */
export interface GatewayInTrouble {
  readonly url: string
  close(): void
}

/**
 * Passes every request on to `gateway`.
 *
 * @param spoil - Is given each answer that has arrived, and sends another one, or none, when it returns true.
 */
export async function openGatewayInTrouble(
  gateway: string,
  spoil: (response: ServerResponse, nth: number) => boolean,
): Promise<GatewayInTrouble> {
  let nth = 0
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const answer = await fetch(`${gateway}${request.url}`, {
      method: request.method!,
      headers: {
        authorization: request.headers.authorization ?? '',
        'idempotency-key': (request.headers['idempotency-key'] as string) ?? '',
      },
      body: Buffer.concat(chunks),
    })
    const text = await answer.text()
    if (spoil(response, ++nth)) return
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  }
  const server = createServer((request, response) => {
    pass(request, response).catch((error: Error) => response.destroy(error))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
