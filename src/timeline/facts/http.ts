import type { Content } from '../../core/protocol.ts'
import { idempotencyKeyOf } from '../../protocols/http/idempotency-key.ts'
import { type HeaderList, type HttpQuestion, type HttpReply } from '../../protocols/http/message.ts'
import { outcomeOf } from '../../protocols/http/outcome.ts'
import type { Facts } from '../moment.ts'
import { isIdName } from './is-id-name.ts'

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/**
 * What an HTTP request was and what became of it. Read when it is asked for: answers may be large, and of those that
 * went well nobody wants to know.
 */
export function httpFacts(content: Content<HttpQuestion, HttpReply>): Facts {
  let known: Facts | undefined
  const read = (): Facts => (known ??= readOrNothing(content))
  return {
    get http() {
      return read().http
    },
    get ids() {
      return read().ids
    },
    get error() {
      return read().error
    },
    get failure() {
      return read().failure
    },
  }
}

/** The same of a request that came in. */
export function webhookFacts(content: Content<HttpQuestion, HttpReply>): Facts {
  return Object.assign(httpFacts(content), { incoming: true as const })
}

function readOrNothing(content: Content<HttpQuestion, HttpReply>): Facts {
  try {
    return readFacts(content)
  } catch {
    // A recording whose cassette has changed since says nothing.
    return {}
  }
}

function readFacts({ question, messages }: Content<HttpQuestion, HttpReply>): Facts {
  const replies = messages.map(({ message }) => message)
  const head = replies.find((reply) => reply.type === 'head')
  const broken = replies.find((reply) => reply.type === 'failure')
  const { failure } = outcomeOf(replies)
  const { method, url, headers, body } = question
  const status = head?.status ?? 0
  const ids = [...idsIn(headers), ...idsIn(head?.headers ?? [])]
  const error =
    broken !== undefined
      ? { code: '', message: broken.message }
      : head && status >= 400
        ? { code: String(status), message: head.reason || String(status), ...spoken(replies) }
        : undefined
  return {
    http: {
      method,
      url,
      status,
      repeatable: repeatable.has(method),
      idempotencyKey: idempotencyKeyOf(headers),
      sent: `${method} ${url} ${Buffer.from(body).toString('latin1')}`,
    },
    ...(ids.length > 0 && { ids }),
    ...(error && { error }),
    ...(failure && { failure }),
  }
}

function idsIn(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => isIdName(name))
}

/** The beginning of what an answer that says no has to say, when it is text. */
function spoken(replies: readonly HttpReply[]): { readonly details?: readonly string[] } {
  const bytes = Buffer.concat(replies.flatMap((reply) => (reply.type === 'data' ? [reply.bytes] : [])))
  const text = bytes.subarray(0, 400).toString('utf8').replaceAll(/\s+/g, ' ').trim()
  return text === '' || /[\ufffd\u0000-\u0008]/.test(text) ? {} : { details: [text] }
}
