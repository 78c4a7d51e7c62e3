import type { Duplex } from 'node:stream'
import { carry } from '../../core/carry.ts'
import type { WireLink, WireProtocol } from '../../core/wire.ts'
import { describe } from './describe.ts'
import { facetsOf, identify } from './identify.ts'
import type { NatsQuestion, NatsReply } from './message.ts'
import { MessageHold } from './message-hold.ts'
import { natsNotation } from './notation.ts'
import { outcomeOf, summarizeQuestion } from './outcome.ts'
import { redactNats } from './redact.ts'
import { NatsSession } from './session.ts'

/** NATS with JetStream. A question is a message or a subscription; what is delivered is the subscription's answer. */
export function natsWire(): WireProtocol<NatsQuestion, NatsReply> {
  return {
    name: 'nats',
    notation: natsNotation,
    relay,
    identify,
    facets: facetsOf,
    describe,
    summarize: summarizeQuestion,
    outcome: outcomeOf,
    redact: redactNats,
  }
}

function relay(client: Duplex, link: WireLink<NatsQuestion, NatsReply>): Promise<void> {
  const session = new NatsSession(link.recorder)
  return carry(client, link, session, (carriage) => new MessageHold(session, link.faults!, carriage).gates)
}
