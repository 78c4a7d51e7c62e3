import { Readable, type Transform } from 'node:stream'
import { failureError } from './failure-error.ts'
import { header, type HeaderList, type HttpReply } from './message.ts'
import { zlib } from './node-zlib.ts'
import { wordTable } from '../../core/word-table.ts'

type Head = Extract<HttpReply, { type: 'head' }>

/** Where an answer came from, for `response.url` and `response.redirected`. */
export interface Origin {
  readonly url: string
  readonly redirected: boolean
  /** Hears of the `Response`, and of each clone of it. */
  readonly made?: (response: Response) => void
}

/** Builds the `Response` of an answer whose replies are all there. Throws what `fetch` would reject with. */
export function readyResponse(replies: readonly HttpReply[], from: Origin): Response {
  let head: Head | undefined
  const chunks: Uint8Array[] = []
  for (const reply of replies) {
    if (reply.type === 'head') head = reply
    else if (reply.type === 'data') chunks.push(reply.bytes)
    else if (reply.type === 'failure')
      return failed(head, chunks, failureError(reply, from.url, head !== undefined), from)
  }
  if (!head)
    throw failureError({ type: 'failure', failure: 'reset', message: 'the answer has no head' }, from.url, false)
  const encoding = encodings(head.headers)
  const bytes = chunks.length === 1 ? chunks[0] : chunks.length === 0 ? undefined : Buffer.concat(chunks)
  if (!bytes || encoding.length === 0) return response(head, bytes ?? null, from)
  return response(head, Readable.toWeb(decode(Readable.from([bytes]), encoding)) as ReadableStream, from)
}

/** Builds the `Response` of an answer that is still coming: resolves with its head, the body streams. */
export async function streamedResponse(
  replies: AsyncIterator<HttpReply>,
  from: Origin,
  signal: AbortSignal,
): Promise<Response> {
  for (;;) {
    const { value, done } = await replies.next()
    if (done)
      throw failureError({ type: 'failure', failure: 'reset', message: 'the answer ended early' }, from.url, false)
    if (value.type === 'failure') {
      await replies.return?.()
      throw failureError(value, from.url, false)
    }
    if (value.type !== 'head') continue
    if (bodiless.has(value.status)) {
      void drain(replies)
      return response(value, null, from)
    }
    const body = Readable.from(bodyOf(replies, from.url), { objectMode: false, highWaterMark: 65536 })
    signal.addEventListener('abort', () => body.destroy(signal.reason as Error), { once: true })
    const encoding = encodings(value.headers)
    const decoded = encoding.length > 0 ? decode(body, encoding) : body
    return response(value, Readable.toWeb(decoded) as ReadableStream, from)
  }
}

/** Sees an answer without a body to its end. */
async function drain(replies: AsyncIterator<HttpReply>): Promise<void> {
  try {
    while (!(await replies.next()).done);
  } catch {
    // Nobody is waiting for what failed.
  }
}

async function* bodyOf(replies: AsyncIterator<HttpReply>, url: string): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { value, done } = await replies.next()
      if (done) return
      if (value.type === 'failure') throw failureError(value, url, true)
      if (value.type === 'data') yield value.bytes
    }
  } finally {
    await replies.return?.()
  }
}

/** A failure before the head rejects the call; one after it breaks the body. */
function failed(head: Head | undefined, chunks: readonly Uint8Array[], error: Error, from: Origin): Response {
  if (!head) throw error
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
    },
    pull(controller) {
      controller.error(error)
    },
  })
  return response(head, body, from)
}

const bodiless = new Set([101, 103, 204, 205, 304])

function response(head: Head, body: Uint8Array | ReadableStream | null, from: Origin): Response {
  const { status } = head
  // Services send what the constructor forbids, such as 999, and `fetch` hands it on.
  const isUsual = status >= 200 && status <= 599
  const made = new Response(bodiless.has(status) ? null : (body as ConstructorParameters<typeof Response>[0]), {
    status: isUsual ? status : 200,
    statusText: head.reason,
    headers: head.headers as [string, string][],
  })
  return located(made, from, isUsual ? {} : { status: { value: status }, ok: { value: false } })
}

/** A `Response` made by hand has no address; clients such as Octokit read it. */
function located(made: Response, from: Origin, more: PropertyDescriptorMap): Response {
  const clone = made.clone.bind(made)
  from.made?.(made)
  return Object.defineProperties(made, {
    url: { value: from.url, enumerable: true },
    redirected: { value: from.redirected, enumerable: true },
    type: { value: 'basic', enumerable: true },
    clone: { value: () => located(clone(), from, more) },
    ...more,
  })
}

function encodings(headers: HeaderList): string[] {
  const value = header(headers, 'content-encoding')
  if (!value) return []
  const list = value
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  return list.every((name) => decoders[name]) ? list.reverse() : []
}

const decoders: Readonly<Record<string, () => Transform>> = wordTable({
  gzip: () => zlib().createGunzip({ finishFlush: zlib().constants.Z_SYNC_FLUSH }),
  'x-gzip': () => zlib().createGunzip({ finishFlush: zlib().constants.Z_SYNC_FLUSH }),
  deflate: () => zlib().createInflate({ finishFlush: zlib().constants.Z_SYNC_FLUSH }),
  br: () => zlib().createBrotliDecompress(),
  zstd: () => zlib().createZstdDecompress(),
})

function decode(body: Readable, list: readonly string[]): Readable {
  let decoded: Readable = body
  for (const name of list) {
    const decoder = decoders[name]?.()
    if (!decoder) continue
    decoded.on('error', (error) => decoder.destroy(error))
    decoded = decoded.pipe(decoder)
  }
  return decoded
}
