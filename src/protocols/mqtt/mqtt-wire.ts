import type { Duplex } from 'node:stream'
import { carry } from '../../core/carry.ts'
import type { WireLink, WireProtocol } from '../../core/wire.ts'
import { describe } from './describe.ts'
import { facetsOf, identify } from './identify.ts'
import type { MqttQuestion, MqttReply } from './message.ts'
import { MessageHold } from './message-hold.ts'
import { mqttNotation } from './notation.ts'
import { outcomeOf, summarizeQuestion } from './outcome.ts'
import { redactMqtt } from './redact.ts'
import { MqttSession } from './session.ts'

/** MQTT 3.1, 3.1.1 and 5. A question is a message or a subscription; what is delivered is the subscription's answer. */
export function mqttWire(): WireProtocol<MqttQuestion, MqttReply> {
  return {
    name: 'mqtt',
    notation: mqttNotation,
    relay,
    identify,
    facets: facetsOf,
    describe,
    summarize: summarizeQuestion,
    outcome: outcomeOf,
    redact: redactMqtt,
  }
}

function relay(client: Duplex, link: WireLink<MqttQuestion, MqttReply>): Promise<void> {
  const session = new MqttSession(link.recorder)
  return carry(client, link, session, (carriage) => new MessageHold(session, link.faults!, carriage).gates)
}
