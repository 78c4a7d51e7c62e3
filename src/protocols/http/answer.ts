import type { Duplex } from 'node:stream'
import { failClient, type LocalConnection } from '../../core/asker.ts'
import { type Peer, readyReplies } from '../../core/peer.ts'
import type { Place } from '../../core/protocol.ts'
import { connectionError } from './failure-error.ts'
import type { FailureReply } from './failures.ts'
import type { HttpQuestion, HttpReply } from './message.ts'
import { refuseHttp } from './refuse.ts'
import type { ReplyWriter } from './reply-writer.ts'

/** What is the same for all requests of one connection. */
export interface Serving {
  readonly client: Duplex
  readonly peer: Peer<HttpQuestion, HttpReply>
  readonly place: Place
}

/** Asks the peer and writes its answer; an answer that is already whole is written before this returns. */
export function answer(serving: Serving, question: HttpQuestion, writer: ReplyWriter): void {
  const gone = new AbortController()
  try {
    const replies = serving.peer(question, gone.signal)
    const ready = readyReplies(replies)
    if (ready) return writeReady(serving, ready, writer)
    writer.onGone(() => gone.abort())
    void stream(serving, question, replies, writer, gone.signal)
  } catch (error) {
    refuse(serving, question, writer, error as Error)
  }
}

function writeReady(serving: Serving, replies: readonly HttpReply[], writer: ReplyWriter): void {
  let length = 0
  let hasTrailers = false
  let whole = true
  for (const reply of replies) {
    if (reply.type === 'data') length += reply.bytes.length
    else if (reply.type === 'trailers') hasTrailers = true
    else if (reply.type === 'failure' || reply.type === 'frame') whole = false
  }
  const body: Uint8Array[] = []
  for (const reply of replies) {
    switch (reply.type) {
      case 'data':
        body.push(reply.bytes)
        break
      case 'head':
        writer.head(reply, whole ? { length, hasTrailers } : {})
        break
      case 'failure':
        if (body.length > 0) writer.data(joined(body))
        return fail(serving, reply, writer)
      default:
        write(reply, writer)
    }
  }
  writer.end(body.length > 0 ? joined(body) : undefined)
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

async function stream(
  serving: Serving,
  question: HttpQuestion,
  replies: AsyncIterable<HttpReply>,
  writer: ReplyWriter,
  gone: AbortSignal,
): Promise<void> {
  try {
    for await (const reply of replies) {
      if (gone.aborted) return
      if (reply.type === 'failure') return fail(serving, reply, writer)
      if (!write(reply, writer)) await writer.drained()
    }
    if (!gone.aborted) writer.end()
  } catch (error) {
    if (!gone.aborted) refuse(serving, question, writer, error as Error)
  }
}

function write(reply: Exclude<HttpReply, FailureReply>, writer: ReplyWriter): boolean {
  switch (reply.type) {
    case 'informational':
      writer.informational(reply.status, reply.headers)
      return true
    case 'head':
      writer.head(reply, {})
      return true
    case 'data':
      return writer.data(reply.bytes)
    case 'frame':
      return writer.frame(reply)
    case 'trailers':
      writer.trailers(reply.headers)
      return true
  }
}

// Before the head, a client in this process gets the very error: it would not have had a connection to lose.
function fail(serving: Serving, reply: FailureReply, writer: ReplyWriter): void {
  const { failure } = reply
  const unconnected = failure === 'refused' || failure === 'unresolved' || failure === 'tls'
  const failLocal = (serving.client as LocalConnection)[failClient]
  if (failLocal && unconnected && !writer.hasHead) failLocal(connectionError(reply))
  else writer.fail(reply)
}

function refuse(serving: Serving, question: HttpQuestion, writer: ReplyWriter, error: Error): void {
  const failLocal = (serving.client as LocalConnection)[failClient]
  // The connection of HTTP/2 is shared, and the other questions on it are not to blame.
  if (failLocal && question.version !== '2') return failLocal(error)
  if (writer.hasHead) return writer.destroy(error)
  try {
    writeReady(serving, refuseHttp(question, error), writer)
  } catch {
    writer.destroy(error)
  }
}
