import { hearJson } from '../../../protocols/http/faults/change-json.ts'
import { textOfBytes } from '../../../core/json-text.ts'
import type { RunContext } from '../../run-context.ts'
import type { Session } from '../../session.ts'
import type { WorkerServers } from '../../worker-servers.ts'

const brokers: ReadonlySet<string> = new Set(['amqp', 'nats', 'mqtt'])

/** A JSON answer, or a message, that is on its way to the program. */
export interface HeardAnswer {
  readonly boundary: string
  readonly operation: string
  /** 0 of a message. */
  readonly status: number
  /** Unpacked. */
  readonly text: string
}

/** Where is heard. */
export interface HearingPlace {
  readonly run: RunContext
  readonly session: Session
  readonly servers: WorkerServers | undefined
}

/** Hears of the JSON answers of all HTTP services in one session, and of what brokers bring, each before the program gets it. */
export function hearAnswers({ run, session, servers }: HearingPlace, hear: (answer: HeardAnswer) => void): void {
  for (const { name, protocol, wire } of run.boundaries) {
    if (brokers.has(protocol.name)) {
      const to = (body: Uint8Array, operation: string = ''): undefined => {
        hear({ boundary: name, operation, status: 0, text: textOfBytes(body) })
      }
      const match = { operation: /^DELIVER /, times: Number.POSITIVE_INFINITY }
      servers?.find(name)?.arm({ name: 'heard', match, disturbance: { do: 'rewrite', to } })
    }
    if (protocol.name !== 'http' || wire) continue
    const fault = hearJson(({ question, status, text }) => {
      hear({ boundary: name, operation: protocol.describe(question).name, status, text })
    })
    session.arm(name, fault as never)
  }
}
