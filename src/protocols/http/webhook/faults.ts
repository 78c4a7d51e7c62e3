import { pause } from '../../../core/real-clock.ts'
import { collect, type HttpFault, type HttpFaultMatch, wholeAnswer } from '../faults/http-fault.ts'
import type { HttpQuestion, HttpReply } from '../message.ts'
import { ofUnknownType } from './event-type.ts'
import { badlySigned, unsigned } from './signature.ts'

const never = new AbortController().signal

/** How long a delivery that is to be overtaken waits for another one, milliseconds. */
const overtakenMs = 500

/** The same delivery once more, when the first has been answered. The sender hears the first answer. */
function deliveredTwice(match: HttpFaultMatch = {}): HttpFault {
  return delivering('delivered twice', match, async (deliver) => {
    const first = await deliver()
    await deliver()
    return first
  })
}

/** The same delivery twice at a time. The sender hears the better answer. */
function deliveredTwiceAtOnce(match: HttpFaultMatch = {}): HttpFault {
  return delivering('delivered twice at once', match, async (deliver) => {
    const [one, other] = await Promise.all([deliver(), deliver()])
    return isTaken(one) ? one : other
  })
}

/** The sender does not hear that it was taken, and delivers it again. */
function acknowledgementLost(match: HttpFaultMatch = {}): HttpFault {
  return delivering('acknowledgement lost', match, async (deliver) => {
    await deliver()
    return deliver()
  })
}

/** What proves who has sent it is wrong. */
function signatureBad(match: HttpFaultMatch = {}): HttpFault {
  return changing('signature bad', match, (question) => ({ ...question, headers: badlySigned(question.headers) }))
}

/** What proves who has sent it is not there. */
function signatureAbsent(match: HttpFaultMatch = {}): HttpFault {
  return changing('signature absent', match, (question) => ({ ...question, headers: unsigned(question.headers) }))
}

/** An event of a type that the program cannot know. */
function unknownEvent(match: HttpFaultMatch = {}): HttpFault {
  return changing('unknown event type', match, (question) => ofUnknownType(question) ?? question)
}

/** The next delivery comes before this one, whose sender hears at once that it was taken. */
function outOfOrder(match: HttpFaultMatch = {}): HttpFault {
  let held: (() => Promise<unknown>) | undefined
  return {
    name: 'out of order',
    match: { times: 2, ...match },
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        const earlier = held
        if (earlier || disarmed.aborted) {
          const replies = await collect(peer(question, signal))
          await earlier?.()
          return yield* replies
        }
        let delivered: Promise<unknown> | undefined
        held = () => (delivered ??= collect(peer(question, never)))
        void pause(overtakenMs, disarmed).then(held)
        yield* wholeAnswer(question, 200, 'OK')
      },
  }
}

function delivering(
  name: string,
  match: HttpFaultMatch,
  how: (deliver: () => Promise<HttpReply[]>) => Promise<HttpReply[]>,
): HttpFault {
  return {
    name,
    match,
    reaches: true,
    before: (peer) =>
      async function* (question, signal) {
        yield* await how(() => collect(peer(question, signal)))
      },
  }
}

function changing(name: string, match: HttpFaultMatch, change: (question: HttpQuestion) => HttpQuestion): HttpFault {
  return { name, match, reaches: true, before: (peer) => (question, signal) => peer(change(question), signal) }
}

function isTaken(replies: readonly HttpReply[]): boolean {
  return replies.some((reply) => reply.type === 'head' && reply.status >= 200 && reply.status < 300)
}

/** What senders of webhooks do to those whom they call, by name. */
export const webhookFaults: {
  readonly acknowledgementLost: typeof acknowledgementLost
  readonly deliveredTwice: typeof deliveredTwice
  readonly deliveredTwiceAtOnce: typeof deliveredTwiceAtOnce
  readonly outOfOrder: typeof outOfOrder
  readonly signatureAbsent: typeof signatureAbsent
  readonly signatureBad: typeof signatureBad
  readonly unknownEvent: typeof unknownEvent
} = {
  acknowledgementLost,
  deliveredTwice,
  deliveredTwiceAtOnce,
  outOfOrder,
  signatureAbsent,
  signatureBad,
  unknownEvent,
}
