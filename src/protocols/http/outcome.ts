import type { FailureKind, Outcome } from '../../core/protocol.ts'
import { header, type HttpFailure, type HttpQuestion, type HttpReply } from './message.ts'

/** `GET https://api.github.com/user`. */
export function summarizeQuestion(question: HttpQuestion): string {
  return `${question.method} ${question.url}`
}

const failureKinds: Readonly<Record<HttpFailure, FailureKind>> = {
  unresolved: 'unreachable',
  refused: 'unreachable',
  tls: 'unreachable',
  timeout: 'timeout',
  reset: 'reset',
  truncated: 'reset',
  malformed: 'malformed',
}

/** `200 OK, 2.1 kB`, `reset`, `101 Switching Protocols, 4 frames`. */
export function outcomeOf(replies: readonly HttpReply[]): Outcome {
  let status = 0
  let reason = ''
  let bytes = 0
  let frames = 0
  let failure: HttpFailure | undefined
  for (const reply of replies) {
    if (reply.type === 'head') ({ status, reason } = reply)
    else if (reply.type === 'data') bytes += reply.bytes.length
    else if (reply.type === 'frame') frames++
    else if (reply.type === 'failure') failure = reply.failure
  }
  const parts = [
    status > 0 && `${status} ${reason}`.trim(),
    bytes > 0 && size(bytes),
    frames > 0 && `${frames} frames`,
    failure,
    status === 0 && !failure && 'no answer',
  ]
  return {
    summary: parts.filter(Boolean).join(', '),
    ok: !failure && status > 0 && status < 400,
    ...(failure && { failure: failureKinds[failure] }),
  }
}

/** Events, lines of JSON and WebSocket frames go on for as long as somebody listens; any other answer ends. */
export function isEndless(replies: readonly HttpReply[]): boolean {
  const head = replies.find((reply) => reply.type === 'head')
  if (!head || head.status === 101) return true
  return /event-stream|ndjson|jsonl|json-seq|multipart\/x-mixed-replace/i.test(
    header(head.headers, 'content-type') ?? '',
  )
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
