import { message, sync } from '../../../protocols/postgres/encode.ts'
import { type OwnSession, PostgresFailed } from '../../../protocols/postgres/own-session.ts'
import { fromClient } from '../../../protocols/postgres/types.ts'
import type { RecordedStatement } from './compare-plans.ts'
import type { PlanNode } from './plan-findings.ts'

/** Asks how a statement would be run, with the parameters that it had. @throws PostgresFailed */
export async function explain(session: OwnSession, statement: RecordedStatement): Promise<PlanNode> {
  try {
    return await ask(session, statement, /^\\x(?:[0-9a-f]{2})*$/)
  } catch (error) {
    // A text may look like bytes that were taken down.
    if (!(error instanceof PostgresFailed)) throw error
    return ask(session, statement, /^$(?=.)/)
  }
}

async function ask(session: OwnSession, { sql, parameters }: RecordedStatement, bytes: RegExp): Promise<PlanNode> {
  const parts: Buffer[] = []
  for (const parameter of parameters) {
    if (parameter === null) {
      parts.push(int32(-1))
      continue
    }
    const value = bytes.test(parameter) ? Buffer.from(parameter.slice(2), 'hex') : Buffer.from(parameter)
    parts.push(int32(value.length), value)
  }
  const formats = parameters.map((parameter) => int16(parameter !== null && bytes.test(parameter) ? 1 : 0))
  const count = int16(parameters.length)
  const rows = await session.send(
    Buffer.concat([
      message(fromClient.parse, '', `EXPLAIN (FORMAT JSON) ${sql.trim().replace(/;+$/, '')}`, int16(0)),
      message(fromClient.bind, '', '', count, ...formats, count, ...parts, int16(0)),
      message(fromClient.execute, '', int32(0)),
      sync,
    ]),
    1,
  )
  const [{ Plan }] = JSON.parse(rows[0]?.[0] ?? '') as [{ readonly Plan: PlanNode }]
  return Plan
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
