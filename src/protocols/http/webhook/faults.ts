import { pause, realClearTimeout, setProgramTimeout } from '../../../core/real-clock.ts'
import { collect, type HttpFault, type HttpFaultMatch } from '../faults/http-fault.ts'
import type { HttpQuestion, HttpReply } from '../message.ts'
import { timedSchemes, type WebhookSignature } from './boundary.ts'
import { ofUnknownType, withMore } from './event-body.ts'
import { outOfOrder } from './out-of-order.ts'
import { signAnew, signatureOf, whyUnsignable } from './sign-anew.ts'
import { badlySigned, unsigned } from './signature.ts'

/** How late a delivery is by the program's clock, and by the real one where that comes first, milliseconds. */
const lateMs = 45_000
const latestMs = 2000

const dayInSeconds = 86_400

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

/** What proves who has sent it is wrong: by another secret, where the config says how deliveries are signed. */
function signatureBad(match: HttpFaultMatch = {}): HttpFault {
  return changing('signature bad', match, (question, signature) => {
    const spoilt = { ...question, headers: badlySigned(question.headers) }
    return signature ? signAnew(spoilt, signature, { forged: true }) : spoilt
  })
}

/** What proves who has sent it is not there. */
function signatureAbsent(match: HttpFaultMatch = {}): HttpFault {
  return changing('signature absent', match, (question) => ({ ...question, headers: unsigned(question.headers) }))
}

/** It is signed as it should be, but a day ago: somebody has kept it. The config has to say how deliveries are signed. */
function signedLongAgo(match: HttpFaultMatch = {}): HttpFault {
  return {
    ...changing('signed long ago', match, (question, signature) =>
      signature ? signAnew(question, signature, { agedBy: dayInSeconds }) : question,
    ),
    hindrance(question, input) {
      const signature = signatureOf(input)
      if (signature && !timedSchemes.has(signature.scheme)) return `${signature.scheme} signs no time`
      return whyUnsignable(question, signature)
    },
  }
}

/** Somebody has added something to it since it was signed. */
function bodyChanged(match: HttpFaultMatch = {}): HttpFault {
  return {
    ...changing('body changed', match, (question) => withMore(question) ?? question),
    hindrance: (question) => (withMore(question) ? undefined : 'what was sent is no JSON object'),
  }
}

/** An event of a type that the program cannot know, signed anew where the config says how. */
function unknownEvent(match: HttpFaultMatch = {}): HttpFault {
  return changing('unknown event type', match, (question, signature) => {
    const other = ofUnknownType(question) ?? question
    return signature ? signAnew(other, signature) : other
  })
}

/** It comes three quarters of a minute later by the program's clock, or two seconds where that is not put forward. */
function deliveredLate(match: HttpFaultMatch = {}): HttpFault {
  return {
    name: 'delivered late',
    match,
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        await pauseByEither(disarmed, signal)
        yield* peer(question, signal)
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

/** @param change - With how deliveries are signed, where this one can be signed anew. */
function changing(
  name: string,
  match: HttpFaultMatch,
  change: (question: HttpQuestion, signature?: WebhookSignature) => HttpQuestion,
): HttpFault {
  return {
    name,
    match,
    reaches: true,
    before: (peer, _disarmed, input) => (question, signal) => {
      const signature = signatureOf(input)
      const isSignable = signature !== undefined && whyUnsignable(question, signature) === undefined
      return peer(change(question, isSignable ? signature : undefined), signal)
    },
  }
}

async function pauseByEither(...signals: readonly AbortSignal[]): Promise<void> {
  const over = new AbortController()
  const timer = setProgramTimeout(() => over.abort(), lateMs)
  await pause(latestMs, over.signal, ...signals)
  realClearTimeout(timer)
}

function isTaken(replies: readonly HttpReply[]): boolean {
  return replies.some((reply) => reply.type === 'head' && reply.status >= 200 && reply.status < 300)
}

/** What senders of webhooks do to those whom they call, by name. */
export const webhookFaults: {
  readonly acknowledgementLost: typeof acknowledgementLost
  readonly bodyChanged: typeof bodyChanged
  readonly deliveredLate: typeof deliveredLate
  readonly deliveredTwice: typeof deliveredTwice
  readonly deliveredTwiceAtOnce: typeof deliveredTwiceAtOnce
  readonly outOfOrder: typeof outOfOrder
  readonly signatureAbsent: typeof signatureAbsent
  readonly signatureBad: typeof signatureBad
  readonly signedLongAgo: typeof signedLongAgo
  readonly unknownEvent: typeof unknownEvent
} = {
  acknowledgementLost,
  bodyChanged,
  deliveredLate,
  deliveredTwice,
  deliveredTwiceAtOnce,
  outOfOrder,
  signatureAbsent,
  signatureBad,
  signedLongAgo,
  unknownEvent,
}
