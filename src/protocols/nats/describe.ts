import type { Target } from '../../core/fault.ts'
import type { Operation } from '../../core/protocol.ts'
import { subjectTemplate } from '../../core/subject-template.ts'
import { deliveryOf, isReading } from './jetstream.ts'
import type { NatsQuestion } from './message.ts'

/**
 * `PUBLISH orders.created`, `SUBSCRIBE orders.*`, `ACK ORDERS`; what is sent to where a request wants its answer is a
 * `REPLY`.
 */
export function describe({ kind, subject }: Pick<NatsQuestion, 'kind' | 'subject'>): Operation {
  if (kind === 'connect') return { name: 'CONNECT', effect: false }
  const delivery = deliveryOf(subject)
  if (delivery) return { name: `ACK ${delivery.stream}`, effect: true }
  if (subject.startsWith('_INBOX.'))
    return kind === 'publish' ? { name: 'REPLY', effect: true } : { name: 'SUBSCRIBE _INBOX', effect: false }
  const template = subjectTemplate(subject, '.')
  return kind === 'publish'
    ? { name: `PUBLISH ${template}`, effect: !isReading(subject) }
    : { name: `SUBSCRIBE ${template}`, effect: false }
}

/** A question as faults see it. */
export function targetOf(kind: NatsQuestion['kind'], subject: string): Target {
  const { name, effect } = describe({ kind, subject })
  return { operation: name, effect, fingerprint: `${kind === 'publish' ? 'PUBLISH' : 'SUBSCRIBE'} ${subject}` }
}

/** The acknowledgement of a message as faults see it, by what that is: `ACK orders.created`. */
export function ackTarget(subject: string): Target {
  return { operation: `ACK ${subjectTemplate(subject, '.')}`, effect: true, fingerprint: `ACK ${subject}` }
}

/** A delivery as faults see it: `DELIVER orders.created`. */
export function deliveryTarget(subject: string): Target {
  const template = subject.startsWith('_INBOX.') ? '_INBOX' : subjectTemplate(subject, '.')
  return { operation: `DELIVER ${template}`, effect: false, fingerprint: `DELIVER ${subject}` }
}
