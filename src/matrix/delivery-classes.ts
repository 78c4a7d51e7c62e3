import { subjectTemplate } from '../core/subject-template.ts'
import type { DeliveryFacts, Moment } from '../timeline/moment.ts'
import { type Baseline, referenceOf } from './baseline.ts'
import type { ExchangeClass } from './classes.ts'

/** Brokers whose deliveries are part of the subscription that brings them, and what parts their subjects. */
const separators: Readonly<Record<string, string>> = { nats: '.', mqtt: '/' }

interface Delivered {
  readonly moment: Moment
  readonly delivery: DeliveryFacts
}

/** What subscriptions brought in one test, by where it was published. Answers to requests are left out. */
export function deliveryClassesOf(baseline: Baseline): readonly ExchangeClass[] {
  const delivered = referenceOf(baseline)
    .moments.flatMap((moment): Delivered[] => {
      const { delivered: all = [], incoming } = moment.facts
      if (incoming || !Object.hasOwn(separators, moment.protocol)) return []
      return all.flatMap((delivery) => (delivery.channel.startsWith('_INBOX.') ? [] : [{ moment, delivery }]))
    })
    .toSorted((a, b) => a.moment.at + a.delivery.ms - (b.moment.at + b.delivery.ms))
  const alike = Map.groupBy(delivered, (one) => `${one.moment.boundary}\0${operationOf(one)}`)
  return [...alike.values()].map((group): ExchangeClass => {
    const [first, ...others] = group as [Delivered, ...Delivered[]]
    const { boundary, protocol } = first.moment
    return {
      baseline,
      boundary,
      protocol,
      operation: operationOf(first),
      effect: false,
      outcome: 'ok',
      answer: '',
      inTransaction: false,
      context: '',
      moments: [first.moment, ...others.map(({ moment }) => moment)],
      nths: group.map((_, i) => i + 1),
      questions: group.length,
      acknowledges: group.every(({ delivery }) => delivery.key !== undefined),
      site: undefined,
    }
  })
}

function operationOf({ moment, delivery }: Delivered): string {
  return operationOfDelivery(moment.protocol, delivery.channel)
}

/** What a message that a subscription brings is called: `DELIVER orders.{id}`. @param protocol - `nats` or `mqtt`. */
export function operationOfDelivery(protocol: string, channel: string): string {
  return `DELIVER ${subjectTemplate(channel, separators[protocol]!)}`
}
