import { collect, type HttpFault, type HttpFaultMatch } from './http-fault.ts'
import { changedJson, jsonOf } from './change-json.ts'
import { isRecord } from '../../../core/field-tree.ts'

const names = ['code', 'error_code', 'errorCode', 'reason', 'type', 'error']
const word = /^[A-Za-z][\w.-]*$/

/** The service refuses as ever, and names a reason that the client has not met before. */
export function anotherRefusal(match: HttpFaultMatch = {}): HttpFault {
  return {
    name: 'another refusal',
    match,
    reaches: true,
    before: (peer) =>
      async function* (question, signal) {
        const replies = await collect(peer(question, signal))
        const refused = (jsonOf(replies)?.head.status ?? 0) >= 400
        yield* refused ? changedJson(replies, (body) => otherReason(body) ?? body) : replies
      },
  }
}

/** The body of a refusal with another reason. @returns `undefined` when it names none by a word */
export function otherReason(body: unknown): unknown {
  if (!isRecord(body)) return undefined
  for (const name of names) {
    const reason = body[name]
    if (isRecord(reason)) {
      const inner = otherReason(reason)
      if (inner !== undefined) return { ...body, [name]: inner }
    }
    if (typeof reason === 'string' && word.test(reason)) return { ...body, [name]: otherWord(reason) }
  }
  return undefined
}

/** Written as the one that it stands for. */
function otherWord(reason: string): string {
  if (/^[A-Z\d_]+$/.test(reason)) return 'OTHER_REASON'
  if (/^[A-Z]/.test(reason)) return 'OtherReason'
  return reason.includes('-')
    ? 'other-reason'
    : reason.includes('_') || !/[A-Z]/.test(reason)
      ? 'other_reason'
      : 'otherReason'
}
