import type { HttpQuestion } from '../../protocols/http/message.ts'
import { ofUnknownType } from '../../protocols/http/webhook/event-type.ts'
import { webhookFaults as faults } from '../../protocols/http/webhook/faults.ts'
import { isSigned } from '../../protocols/http/webhook/signature.ts'
import type { CatalogueFault } from '../catalogue.ts'
import type { ExchangeClass } from '../classes.ts'

const taken = ({ protocol, outcome }: ExchangeClass): boolean => protocol === 'webhook' && outcome === '2xx'

/** The deliveries of a class as they were sent. */
function deliveriesOf({ moments }: ExchangeClass): readonly HttpQuestion[] {
  return moments.flatMap(({ exchange }) => (exchange ? [exchange.question as HttpQuestion] : []))
}

const signed = (exchanges: ExchangeClass): boolean =>
  taken(exchanges) && deliveriesOf(exchanges).some(({ headers }) => isSigned(headers))

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
    applies: signed,
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
    applies: signed,
    arm: (aim) => faults.signatureAbsent(aim),
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
    // Who cannot sign it anew would only show that a wrong signature is refused.
    applies: (exchanges) =>
      taken(exchanges) && !signed(exchanges) && deliveriesOf(exchanges).every((each) => ofUnknownType(each)),
    arm: (aim) => faults.unknownEvent(aim),
  },
  {
    name: 'out of order',
    family: 'error',
    said: 'came after the next one',
    expected: 'look at what is there already, and not only at what came in',
    reaches: true,
    spoils: true,
    weight: 3,
    applies: (exchanges) => taken(exchanges) && exchanges.questions > 1,
    arm: (aim) => faults.outOfOrder({ ...aim, times: 2 }),
  },
]
