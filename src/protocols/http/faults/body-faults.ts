import type { HttpQuestion, HttpReply } from '../message.ts'
import { collect, type HttpFault, type HttpFaultMatch, wholeAnswer } from './http-fault.ts'

const page = '<!doctype html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>'

/** A page in place of data, with 200, as a proxy or a maintenance page gives it. The service does what it is asked. */
export function html200(match: HttpFaultMatch = {}): HttpFault {
  const headers = [['content-type', 'text/html; charset=utf-8']] as const
  return instead('200 html', match, (question) => wholeAnswer(question, 200, 'OK', { headers, body: page }))
}

/** Success without a body. The service does what it is asked. */
export function empty204(match: HttpFaultMatch = {}): HttpFault {
  return instead('empty 204', match, (question) => wholeAnswer(question, 204, 'No Content'))
}

/** The first half of the body, with a length that fits. The service does what it is asked. */
export function truncatedBody(match: HttpFaultMatch = {}): HttpFault {
  return instead('truncated body', match, (question, replies) => {
    const head = replies.find((reply) => reply.type === 'head')
    const body = Buffer.concat(replies.flatMap((reply) => (reply.type === 'data' ? [reply.bytes] : [])))
    if (!head || body.length < 2) return replies
    const half = body.subarray(0, Math.ceil(body.length / 2))
    const kept = head.headers.filter(([name]) => !/^(?:content-length|transfer-encoding)$/i.test(name))
    const headers = [...kept, ['content-length', String(half.length)] as const]
    return [
      { ...head, headers },
      { type: 'data', bytes: half },
    ]
  })
}

function instead(
  name: string,
  match: HttpFaultMatch,
  change: (question: HttpQuestion, replies: readonly HttpReply[]) => readonly HttpReply[],
): HttpFault {
  return {
    name,
    match,
    reaches: true,
    before: (peer) =>
      async function* (question, signal) {
        yield* change(question, await collect(peer(question, signal)))
      },
  }
}
