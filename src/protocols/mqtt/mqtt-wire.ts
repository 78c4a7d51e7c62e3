import type { Duplex } from 'node:stream'
import { AskedClock } from '../../core/asked-clock.ts'
import { carry } from '../../core/carry.ts'
import { type Fit, hearClient } from '../../core/hear-client.ts'
import type { ServedWire, WireLink } from '../../core/wire.ts'
import { describe } from './describe.ts'
import { facetsOf, identify } from './identify.ts'
import type { MqttQuestion, MqttReply } from './message.ts'
import { MessageHold } from './message-hold.ts'
import { mqttNotation } from './notation.ts'
import { outcomeOf, summarizeQuestion } from './outcome.ts'
import { redactMqtt } from './redact.ts'
import { refusal } from './refusal.ts'
import { serveMqtt } from './serve.ts'
import { MqttSession } from './session.ts'

/** MQTT 3.1, 3.1.1 and 5. A question is a message or a subscription; what is delivered is the subscription's answer. */
export function mqttWire(): ServedWire<MqttQuestion, MqttReply> {
  const recorded = new AskedClock()
  const replayed = new AskedClock()
  return {
    name: 'mqtt',
    // It has no word for it. @see MQTT 3.1.1, section 4.8
    clientFirst: { speaks: 'MQTT', withinMs: 10_000, turnAway: () => Buffer.alloc(0) },
    notation: mqttNotation,
    relay: (client, link) => relay(client, link, recorded),
    serve: (client, peer, place) => serveMqtt(client, peer, place, replayed),
    refuse: (question, error) => [refusal(question, error)],
    listen,
    identify,
    facets: facetsOf,
    describe,
    summarize: summarizeQuestion,
    outcome: outcomeOf,
    redact: redactMqtt,
  }
}

function relay(client: Duplex, link: WireLink<MqttQuestion, MqttReply>, clock: AskedClock): Promise<void> {
  const session = new MqttSession(link.recorder, clock)
  return carry(client, link, session, (carriage) => new MessageHold(session, link.faults!, carriage).gates)
}

type Heard = Promise<{ readonly asked: MqttReply | undefined } | undefined>

function listen({ incoming }: MqttQuestion): (recorded: MqttReply) => Heard {
  const hear = hearClient(incoming, fitOf)
  // What was sent again for want of an answer need not be.
  return (recorded) => (recorded.type === 'ack' ? hear(recorded) : Promise.resolve(undefined))
}

function fitOf(asked: MqttReply, recorded: MqttReply): Fit {
  if (asked.type !== 'ack' || recorded.type !== 'ack' || asked.packet !== recorded.packet) return 'other'
  const refuses = ({ reasons }: typeof asked): boolean => (reasons[0] ?? 0) >= 0x80
  return refuses(asked) === refuses(recorded) ? 'same' : 'contrary'
}
