import type { Duplex } from 'node:stream'
import { carry } from '../../core/carry.ts'
import type { WireLink, WireProtocol } from '../../core/wire.ts'
import { describe } from './describe.ts'
import { facetsOf, identify } from './identify.ts'
import type { AmqpQuestion, AmqpReply } from './message.ts'
import { amqpNotation } from './notation.ts'
import { outcomeOf, summarizeQuestion } from './outcome.ts'
import { redactAmqp } from './redact.ts'
import { AmqpSession } from './session.ts'

/** AMQP 0-9-1 as RabbitMQ speaks it. */
export function amqpWire(): WireProtocol<AmqpQuestion, AmqpReply> {
  return {
    name: 'amqp',
    notation: amqpNotation,
    relay,
    identify,
    facets: facetsOf,
    describe,
    summarize: summarizeQuestion,
    outcome: outcomeOf,
    redact: redactAmqp,
  }
}

function relay(client: Duplex, link: WireLink<AmqpQuestion, AmqpReply>): Promise<void> {
  const session = new AmqpSession(link.recorder)
  const { secure } = link
  const connect = secure ? async (): Promise<Duplex> => secure(await link.connect()) : link.connect
  return carry(client, { ...link, connect }, session, () => ({}))
}
