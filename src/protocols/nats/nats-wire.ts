import type { Duplex } from 'node:stream'
import { AskedClock } from '../../core/asked-clock.ts'
import { carry } from '../../core/carry.ts'
import { FirstWords } from '../../core/first-words.ts'
import { type Fit, hearClient } from '../../core/hear-client.ts'
import { refusalText } from '../../core/refusal-text.ts'
import type { ServedWire, WireLink } from '../../core/wire.ts'
import { resetConnection } from '../../core/duplex-lane.ts'
import { agreeOnTls } from './agree-on-tls.ts'
import { describe } from './describe.ts'
import { facetsOf, identify } from './identify.ts'
import type { NatsQuestion, NatsReply } from './message.ts'
import { MessageHold } from './message-hold.ts'
import { natsNotation } from './notation.ts'
import { outcomeOf, summarizeQuestion } from './outcome.ts'
import { redactNats } from './redact.ts'
import { serveNats } from './serve.ts'
import { NatsSession } from './session.ts'

/** NATS with JetStream. A question is a message or a subscription; what is delivered is the subscription's answer. */
export function natsWire(): ServedWire<NatsQuestion, NatsReply> {
  const recorded = new AskedClock()
  const replayed = new AskedClock()
  return {
    name: 'nats',
    notation: natsNotation,
    relay: (client, link) => relay(client, link, recorded),
    serve: (client, peer, place) => serveNats(client, peer, place, replayed),
    refuse: (_question, error) => [{ type: 'error', message: refusalText(error) }],
    listen: ({ incoming }) => hearClient(incoming, fitOf),
    identify,
    facets: facetsOf,
    describe,
    summarize: summarizeQuestion,
    outcome: outcomeOf,
    redact: redactNats,
  }
}

async function relay(client: Duplex, link: WireLink<NatsQuestion, NatsReply>, clock: AskedClock): Promise<void> {
  const session = new NatsSession(link.recorder, clock)
  let ends = { client, connect: link.connect }
  // Clients only speak TLS where the server offers it.
  if (link.secure) {
    try {
      ends = await agreeOnTls(client, link, session)
    } catch (error) {
      session.end('unreachable', (error as Error).message)
      return resetConnection(client)
    }
  }
  const { strange } = link
  const follower = strange ? new FirstWords(session, 'NATS', strange) : session
  await carry(
    ends.client,
    { ...link, connect: ends.connect },
    follower,
    (carriage) => new MessageHold(session, link.faults!, carriage).gates,
  )
}

function fitOf(asked: NatsReply, recorded: NatsReply): Fit {
  if (asked.type !== 'ack' || recorded.type !== 'ack') return asked.type === recorded.type ? 'same' : 'other'
  if (asked.stream !== recorded.stream || asked.sequence !== recorded.sequence) return 'other'
  return asked.ack === recorded.ack ? 'same' : 'contrary'
}
