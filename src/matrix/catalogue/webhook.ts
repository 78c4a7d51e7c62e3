import { header, type HttpQuestion, type HttpReply } from '../../protocols/http/message.ts'
import { ofUnknownType } from '../../protocols/http/webhook/event-body.ts'
import { webhookFaults as faults } from '../../protocols/http/webhook/faults.ts'
import { timedSchemes } from '../../protocols/http/webhook/boundary.ts'
import type { ToldAnswer } from '../../protocols/http/webhook/out-of-order.ts'
import { isSigned } from '../../protocols/http/webhook/signature.ts'
import type { CatalogueFault } from '../catalogue.ts'
import type { Moment } from '../../timeline/moment.ts'
import type { ExchangeClass } from '../classes.ts'

const taken = ({ protocol, outcome }: ExchangeClass): boolean => protocol === 'webhook' && outcome === '2xx'

/** The deliveries of a class as they were sent. */
function deliveriesOf({ moments }: ExchangeClass): readonly HttpQuestion[] {
  return moments.flatMap(({ exchange }) => (exchange ? [exchange.question as HttpQuestion] : []))
}

/** Whether a delivery came with a signature. */
const signed = ({ exchange }: Moment): boolean =>
  exchange !== undefined && isSigned((exchange.question as HttpQuestion).headers)

/** Whether a delivery can be made one of another type; who cannot sign it anew would only show that a wrong signature is refused. */
const ofAnyType = (moment: Moment, { scheme }: ExchangeClass): boolean =>
  (!signed(moment) || scheme !== undefined) &&
  moment.exchange !== undefined &&
  ofUnknownType(moment.exchange.question as HttpQuestion) !== undefined

/** How many of them say something of their own. */
const differing = (exchanges: ExchangeClass): number =>
  new Set(deliveriesOf(exchanges).map(({ body }) => Buffer.from(body).toString('latin1'))).size

/** What the program said to a delivery. */
function acknowledgement({ moments, nths }: ExchangeClass, nth: number): ToldAnswer | undefined {
  const { exchange } = moments[nths.indexOf(nth)]!
  const replies = (exchange?.messages ?? []).map(({ message }) => message as HttpReply)
  const head = replies.find((reply) => reply.type === 'head')
  if (!head) return undefined
  const contentType = header(head.headers, 'content-type')
  const bytes = replies.flatMap((reply) => (reply.type === 'data' ? [reply.bytes] : []))
  const body = Buffer.concat(bytes).toString('utf8')
  return { status: head.status, ...(contentType !== undefined && { contentType }), ...(body !== '' && { body }) }
}

const once = 'know the delivery again, do nothing twice, and acknowledge it'
const refuse = 'refuse it with 4xx, before anything is done'

/** What senders of webhooks, and those who pretend to be one, do to those whom they call. */
export const webhookFaults: readonly CatalogueFault[] = [
  {
    name: 'delivered twice',
    family: 'error',
    said: 'was acknowledged, and was delivered once more',
    expected: once,
    reaches: true,
    calm: true,
    weight: 9,
    applies: taken,
    arm: (aim) => faults.deliveredTwice(aim),
  },
  {
    name: 'acknowledgement lost',
    family: 'error',
    said: 'was dealt with, its acknowledgement was lost, and it was delivered again',
    expected: once,
    reaches: true,
    calm: true,
    weight: 8,
    applies: taken,
    arm: (aim) => faults.acknowledgementLost(aim),
  },
  {
    name: 'delivered twice at once',
    family: 'error',
    said: 'was delivered twice at the same time',
    expected: 'let the database decide which of them is first, and do nothing twice',
    reaches: true,
    overlaps: true,
    weight: 8,
    applies: taken,
    arm: (aim) => faults.deliveredTwiceAtOnce(aim),
  },
  {
    name: 'signature bad',
    family: 'error',
    said: 'came with a signature that is wrong',
    expected: refuse,
    reaches: true,
    forged: true,
    spoils: true,
    weight: 9,
    applies: taken,
    strikes: signed,
    arm: (aim) => faults.signatureBad(aim),
  },
  {
    name: 'signature absent',
    family: 'error',
    said: 'came without its signature',
    expected: refuse,
    reaches: true,
    forged: true,
    spoils: true,
    weight: 8,
    applies: taken,
    strikes: signed,
    arm: (aim) => faults.signatureAbsent(aim),
  },
  {
    name: 'signed long ago',
    family: 'error',
    said: 'came with the right signature of a day ago',
    expected: 'refuse what was signed too long ago, before anything is done',
    reaches: true,
    forged: true,
    spoils: true,
    weight: 8,
    applies: (exchanges) => taken(exchanges) && exchanges.scheme !== undefined && timedSchemes.has(exchanges.scheme),
    strikes: signed,
    arm: (aim) => faults.signedLongAgo(aim),
  },
  {
    name: 'body changed',
    family: 'error',
    said: 'came with a body that was changed after it had been signed',
    expected: refuse,
    reaches: true,
    forged: true,
    spoils: true,
    once: true,
    weight: 6,
    // What is in a header of an unknown kind may be no more than a password.
    applies: (exchanges) => taken(exchanges) && exchanges.scheme !== undefined,
    strikes: signed,
    arm: (aim) => faults.bodyChanged(aim),
  },
  {
    name: 'delivered late',
    family: 'error',
    said: 'was delivered three quarters of a minute later',
    expected: 'do the same as ever, whatever has been given up meanwhile',
    reaches: true,
    once: true,
    weight: 5,
    applies: taken,
    arm: (aim) => faults.deliveredLate(aim),
  },
  {
    name: 'unknown event type',
    family: 'error',
    said: 'was of a type that the program does not know',
    expected: 'acknowledge it, and do nothing',
    reaches: true,
    spoils: true,
    calm: true,
    weight: 4,
    applies: taken,
    strikes: ofAnyType,
    arm: (aim) => faults.unknownEvent(aim),
  },
  {
    name: 'out of order',
    family: 'error',
    said: 'came after the next one',
    expected: 'look at what is there already, and not only at what came in',
    reaches: true,
    spoils: true,
    tells: acknowledgement,
    weight: 3,
    applies: (exchanges) => taken(exchanges) && differing(exchanges) > 1,
    arm: ({ operation, nth, answered = {} }) => faults.outOfOrder({ operation, nth, times: 2, answered }),
  },
]
