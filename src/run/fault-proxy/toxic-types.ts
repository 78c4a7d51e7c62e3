import { wires, type WireName } from '../../protocols/wires.ts'
import type { AttributeRules } from './attributes.ts'
import { anyProtocolToxics } from './toxics/any-protocol.ts'
import { brokerToxics } from './toxics/broker.ts'
import type { QuestionToxic } from './toxics/question-toxic.ts'
import { redisToxics } from './toxics/redis.ts'
import { sqlToxics } from './toxics/sql.ts'
import { type WireToxic, wireToxics } from './toxics/wire.ts'

/** A toxic of connections before anything crosses them. */
interface AdmissionToxic {
  readonly kind: 'admission'
  readonly attributes: AttributeRules
}

/** What a toxic of one type takes and does. */
export type ToxicType = WireToxic | QuestionToxic | AdmissionToxic

/** Every type of toxic by the name that the admin API knows it by. */
export const toxicTypes: Readonly<Record<string, ToxicType>> = {
  ...wireToxics,
  ...anyProtocolToxics,
  ...sqlToxics,
  ...redisToxics,
  ...brokerToxics,
  max_connections: { kind: 'admission', attributes: { connections: { type: 'number', default: 0 } } },
}

/** Names of the protocols that a proxy can speak. */
export const protocolNames: readonly WireName[] = Object.keys(wires) as WireName[]

/** Whether a toxic can do anything at a proxy of this protocol. */
export function worksWith(type: ToxicType, protocol: WireName | undefined): boolean {
  if (type.kind !== 'question') return true
  return protocol !== undefined && (type.protocols?.includes(protocol) ?? true)
}
