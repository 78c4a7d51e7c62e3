import { hearJson } from '../../../protocols/http/faults/change-json.ts'
import type { RunContext } from '../../run-context.ts'
import type { Session } from '../../session.ts'

/** A JSON answer that is on its way to the program. */
export interface HeardAnswer {
  readonly boundary: string
  readonly operation: string
  readonly status: number
  /** Unpacked. */
  readonly text: string
}

/** Hears of the JSON answers of all HTTP services in one session, each before the program gets it. */
export function hearAnswers(run: RunContext, session: Session, hear: (answer: HeardAnswer) => void): void {
  for (const { name, protocol, wire } of run.boundaries) {
    if (protocol.name !== 'http' || wire) continue
    const fault = hearJson(({ question, status, text }) => {
      hear({ boundary: name, operation: protocol.describe(question).name, status, text })
    })
    session.arm(name, fault as never)
  }
}
