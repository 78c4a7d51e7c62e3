import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { channel } from '../../core/channel.ts'
import type { Peer } from '../../core/peer.ts'
import type { Connect } from '../../core/protocol.ts'
import type { TcpFailure, TcpQuestion, TcpReply } from './message.ts'
import { wordTable } from '../../core/word-table.ts'

// With this many unread chunks the service is told to wait.
const maxWaiting = 16

/** Opens one connection per question and carries bytes both ways, chunk by chunk. */
export function dialTcp(connect: Connect): Peer<TcpQuestion, TcpReply> {
  return async function* (question, signal) {
    let service: Duplex
    try {
      service = await connect()
    } catch (error) {
      yield failureOf(error)
      return
    }
    const stop = (): void => void service.destroy()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      const replies = receive(service)
      if (question.incoming) void send(question.incoming, service)
      else service.end()
      yield* replies
    } finally {
      signal.removeEventListener('abort', stop)
      service.destroy()
    }
  }
}

function receive(service: Duplex): AsyncIterable<TcpReply> {
  const replies = channel<TcpReply>({ drained: () => void service.resume() })
  let failed = false
  service.on('data', (bytes: Uint8Array) => {
    replies.push({ type: 'data', bytes })
    if (replies.waiting >= maxWaiting) service.pause()
  })
  service.on('end', () => replies.push({ type: 'end' }))
  service.on('error', (error) => {
    failed = true
    replies.push(failureOf(error))
  })
  service.on('close', () => {
    if (!failed && !service.readableEnded) replies.push(failureOf(new Error('the service closed the connection')))
    replies.end()
  })
  return replies
}

async function send(incoming: AsyncIterable<TcpReply>, service: Duplex): Promise<void> {
  try {
    for await (const message of incoming) {
      if (service.destroyed) return
      if (message.type === 'end') service.end()
      else if (message.type === 'data' && !service.write(message.bytes)) await once(service, 'drain')
    }
  } catch {
    // The error that ended the connection is part of the answer.
  }
}

const byCode: Readonly<Record<string, TcpFailure>> = wordTable({
  ENOTFOUND: 'unresolved',
  EAI_AGAIN: 'unresolved',
  EAI_FAIL: 'unresolved',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ERR_PROXY_TUNNEL: 'refused',
  ETIMEDOUT: 'timeout',
  EPROTO: 'tls',
})

function failureOf(error: unknown): Extract<TcpReply, { type: 'failure' }> {
  const { code = '', message } = error as NodeJS.ErrnoException
  const tls = /CERT|^ERR_(?:TLS|SSL)|SELF_SIGNED|UNABLE_TO/.test(code)
  return { type: 'failure', failure: byCode[code] ?? (tls ? 'tls' : 'reset'), message: message || code }
}
