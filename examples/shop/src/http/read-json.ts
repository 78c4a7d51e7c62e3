import type { IncomingMessage } from 'node:http'
import { ShopError } from '../shop-error.ts'

const maxBytes = 100_000

export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new ShopError(413, 'too_large', 'The body is too large.')
    chunks.push(chunk)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
  } catch {
    // Falls through to the same answer.
  }
  throw new ShopError(400, 'invalid_json', 'The body is no JSON object.')
}
