import type { JsonObject } from '../../core/json.ts'
import { messageFaults } from '../../core/message-faults.ts'
import type { ProtocolFault } from '../../core/protocol-fault.ts'
import type { QuestionFault } from '../../modes/faults/fault-set.ts'
import { lostAnswer } from '../../modes/faults/lost-answer.ts'
import { lostConnection } from '../../modes/faults/lost-connection.ts'
import { readOnly } from '../../modes/faults/read-only.ts'
import { slowQuestion } from '../../modes/faults/slow-question.ts'
import { sqlstate } from '../../modes/faults/sqlstate.ts'
import { redisFaults } from '../../protocols/redis/faults.ts'
import type { WireName } from '../../protocols/wires.ts'
import { type AttributeRules, faultMatch } from './attributes.ts'

/** A toxic of what is asked. */
export interface QuestionToxic {
  readonly kind: 'question'
  /** Left out: every protocol that is understood. */
  readonly protocols?: readonly WireName[]
  readonly attributes: AttributeRules
  fault(attributes: JsonObject, protocol: WireName): QuestionFault
}

const match = { type: 'match', keys: ['operation', 'fingerprint', 'effect', 'nth', 'times'] } as const
const ms = { type: 'number', default: 1000 } as const
const text = { type: 'text' } as const

/** Toxics that speak a protocol; the proxy must name it. */
export const questionToxics: Readonly<Record<string, QuestionToxic>> = {
  sqlstate: {
    kind: 'question',
    protocols: ['postgres'],
    attributes: {
      code: { ...text, required: true },
      message: text,
      fields: { type: 'texts' },
      fatal: { type: 'flag' },
      match,
    },
    fault({ code, match: on, ...more }) {
      return sqlstate(String(code), { ...more, ...faultMatch(on) })
    },
  },
  read_only: {
    kind: 'question',
    protocols: ['postgres'],
    attributes: { match },
    fault: ({ match: on }) => readOnly(faultMatch(on)),
  },
  lost_connection: {
    kind: 'question',
    attributes: { match },
    fault: ({ match: on }, protocol) => lostConnection({ ...commitOf(protocol), ...faultMatch(on) }),
  },
  lost_answer: {
    kind: 'question',
    attributes: { match },
    fault: ({ match: on }, protocol) => lostAnswer({ ...commitOf(protocol), ...faultMatch(on) }),
  },
  slow_question: {
    kind: 'question',
    attributes: { ms, match },
    fault: ({ ms: late, match: on }) => slowQuestion(Number(late), faultMatch(on)),
  },
  redis_loading: known(['redis'], {}, () => redisFaults.loading()),
  redis_oom: known(['redis'], {}, () => redisFaults.oom()),
  redis_readonly: known(['redis'], {}, () => redisFaults.readonly()),
  redis_moved: known(
    ['redis'],
    { slot: { type: 'number', default: 0 }, address: { ...text, default: '127.0.0.1:6379' } },
    ({ slot, address }) => redisFaults.moved({ slot: Number(slot), address: String(address) }),
  ),
  redis_timeout: known(['redis'], { ms: { ...ms, default: 60_000 } }, ({ ms: late }) =>
    redisFaults.timeout({ ms: Number(late) }),
  ),
  message_duplicate: message({}, () => messageFaults.duplicate()),
  message_drop: message({}, () => messageFaults.drop()),
  message_delay: message({ ms }, ({ ms: late }) => messageFaults.delay({ ms: Number(late) })),
  message_reorder: message({ ms }, ({ ms: late }) => messageFaults.reorder({ ms: Number(late) })),
  message_poison: message({ body: text }, ({ body }) =>
    messageFaults.poison(body === undefined ? {} : { body: String(body) }),
  ),
}

function known(
  protocols: readonly WireName[],
  attributes: AttributeRules,
  make: (attributes: JsonObject) => ProtocolFault,
): QuestionToxic {
  return {
    kind: 'question',
    protocols,
    attributes: { ...attributes, match },
    fault({ match: on, ...own }) {
      const fault = make(own)
      return { ...fault, match: { ...faultMatch(on), ...fault.match } }
    },
  }
}

function message(attributes: AttributeRules, make: (attributes: JsonObject) => ProtocolFault): QuestionToxic {
  return known(['nats', 'mqtt'], attributes, make)
}

/** What is lost unless something else is matched. */
function commitOf(protocol: WireName): { readonly operation?: string } {
  return protocol === 'postgres' ? { operation: 'COMMIT' } : {}
}
