import type { JsonObject } from '../core/json.ts'
import type { ProvedOperation } from '../core/proved-contract.ts'
import { fieldLine, readByTests, scopeLines } from './certificate.ts'
import { alternativeOf, type Need, needsOf } from './needs.ts'

/** Whose contract it is. */
export interface Parties {
  /** The program that asks. */
  readonly consumer: string
  /** The boundary that answers. */
  readonly provider: string
}

/**
 * The answers of one boundary as JSON Schema 2020-12: a definition for each operation and status, named as in
 * `POST /v1/charges 201`; of messages as in `DELIVER orders.created`. What is not in it may be there or not. The certificates are comments.
 */
export function makeSchema(operations: readonly ProvedOperation[], { consumer, provider }: Parties): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `What ${consumer} needs of ${provider}`,
    $defs: Object.fromEntries(operations.map((proved) => [answerName(proved), operationSchema(proved)])),
  }
}

/** `POST /v1/charges 201`, `DELIVER orders.created` */
function answerName({ operation, status }: ProvedOperation): string {
  return status === 0 ? operation : `${operation} ${status}`
}

function operationSchema(proved: ProvedOperation): JsonObject {
  const need = needsOf(proved)
  const tests = readByTests(proved)
  const lines = [...scopeLines(proved), ...(tests.length > 0 ? [`Read by tests alone: ${tests.join(', ')}.`] : [])]
  const groups = proved.anyOf.flatMap((group): JsonObject[] => {
    const alternatives = group.map((pointers) => alternativeOf(proved, pointers))
    const known = alternatives.filter((alternative) => alternative !== undefined)
    return known.length === alternatives.length ? [{ anyOf: known.map(shape) }] : []
  })
  return {
    $comment: lines.join(' '),
    ...(need && shape(need)),
    ...(groups.length > 0 && { allOf: groups }),
  }
}

function shape({ types, properties, items, field }: Need): JsonObject {
  const required = [...properties].flatMap(([name, need]) => (need.required ? [name] : []))
  return {
    ...(field && { $comment: fieldLine(field) }),
    type: types.length === 1 ? types[0]! : [...types],
    ...(properties.size > 0 && {
      properties: Object.fromEntries(Array.from(properties, ([name, need]) => [name, shape(need)])),
    }),
    ...(required.length > 0 && { required }),
    ...(items && { items: shape(items) }),
  }
}
