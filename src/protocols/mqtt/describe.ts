import type { Target } from '../../core/fault.ts'
import type { Operation } from '../../core/protocol.ts'
import { subjectTemplate } from '../../core/subject-template.ts'
import type { MqttQuestion } from './message.ts'

/** `PUBLISH sensors/{id}/temp`, `SUBSCRIBE sensors/+/temp`. */
export function describe({ kind, topic, filters }: Pick<MqttQuestion, 'kind' | 'topic' | 'filters'>): Operation {
  const words = (kind === 'publish' ? [topic] : filters).map((each) => subjectTemplate(each, '/'))
  return { name: [kind.toUpperCase(), ...new Set(words)].join(' '), effect: kind === 'publish' }
}

/** A question as faults see it. */
export function targetOf(kind: MqttQuestion['kind'], topic: string, filters: readonly string[]): Target {
  const { name: operation, effect } = describe({ kind, topic, filters })
  return { operation, effect, fingerprint: [kind.toUpperCase(), ...(kind === 'publish' ? [topic] : filters)].join(' ') }
}

/** The acknowledgement of a message as faults see it: `ACK sensors/{id}/temp`. */
export function ackTarget(topic: string): Target {
  return { operation: `ACK ${subjectTemplate(topic, '/')}`, effect: true, fingerprint: `ACK ${topic}` }
}

/** A delivery as faults see it: `DELIVER sensors/{id}/temp`. */
export function deliveryTarget(topic: string): Target {
  return { operation: `DELIVER ${subjectTemplate(topic, '/')}`, effect: false, fingerprint: `DELIVER ${topic}` }
}
