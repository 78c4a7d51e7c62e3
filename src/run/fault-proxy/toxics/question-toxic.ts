import type { JsonObject } from '../../../core/json.ts'
import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import type { QuestionFault } from '../../../modes/faults/fault-set.ts'
import { type AttributeRule, type AttributeRules, faultMatch } from '../attributes.ts'

/** A toxic of what is asked. */
export interface QuestionToxic {
  readonly kind: 'question'
  /** Left out: every protocol that is understood. */
  readonly protocols?: readonly string[]
  readonly attributes: AttributeRules
  fault(attributes: JsonObject, protocol: string): QuestionFault
}

/** Toxics by the name that the admin API knows them by. */
export type QuestionToxics = Readonly<Record<string, QuestionToxic>>

/** Which questions are struck. */
export const match: AttributeRule = {
  type: 'match',
  keys: ['operation', 'fingerprint', 'effect', 'nth', 'times'],
}

/** An attribute that a fault has a default for. */
export const text: AttributeRule = { type: 'text' }

/** An attribute that a fault has a default for. */
export const number: AttributeRule = { type: 'number' }

/**
 * A fault that a protocol knows by name, as a toxic.
 *
 * @param attributes - As the options of the fault are called.
 */
export function protocolToxic(
  protocols: readonly string[],
  attributes: AttributeRules,
  make: (options: never) => ProtocolFault,
): QuestionToxic {
  return {
    kind: 'question',
    protocols,
    attributes: { ...attributes, match },
    fault({ match: wanted, ...options }) {
      const { name, disturbance, match: own } = make(options as never)
      const { effect = own.effect, ...rest } = { ...own, ...faultMatch(wanted) }
      // What the fault can strike at all is not for the user to widen.
      const strikes = own.effect ?? effect
      return { name, disturbance, match: { ...rest, ...(strikes !== undefined && { effect: strikes }) } }
    },
  }
}
