import { hash } from 'node:crypto'
import type { JsonObject } from '../../core/json.ts'
import type { ProvedField, ProvedOperation } from '../../core/proved-contract.ts'
import { fieldLine, readByTests, scopeLines } from '../certificate.ts'
import type { Parties } from '../json-schema.ts'
import { isNeeded } from '../needs.ts'
import { hasContent, sayBody } from './answer-body.ts'
import { sayRequest } from './ask.ts'
import type { PactFile, PactInteraction } from './pact-types.ts'

/**
 * The needs of one boundary as a Pact of version 4: one interaction for each operation and status. What Pact cannot
 * say is left out, and the comments of its interaction tell so.
 */
export function makePact(operations: readonly ProvedOperation[], { consumer, provider }: Parties): PactFile {
  return {
    consumer: { name: consumer },
    provider: { name: provider },
    interactions: operations.map((proved) => interactionOf(proved, operations)),
    metadata: { pactSpecification: { version: '4.0' } },
  }
}

function interactionOf(proved: ProvedOperation, all: readonly ProvedOperation[]): PactInteraction {
  const { operation, status, contentType } = proved
  const description = `${operation} answers ${status}`
  const isOneOfSeveral = all.some((other) => other.operation === operation && other.status !== status)
  const { request, missing, withheld } = sayRequest(proved)
  const said = sayBody(proved)
  const tests = readByTests(proved)
  const needed = proved.fields.filter((field) => isNeeded(field))
  const text = [
    ...scopeLines(proved),
    ...needed.map((field) => `${nameOf(field)}: ${fieldLine(field)}.`),
    ...(said?.unsaid ?? []).map((line) => `Not said here, because Pact cannot: ${line}.`),
    ...(tests.length > 0 ? [`Not said here, because only tests read it: ${tests.join(', ')}.`] : []),
    ...(withheld.length > 0 ? [`To be added by whoever asks, because it was redacted: ${withheld.join(', ')}.`] : []),
    ...(missing.length > 0
      ? [`It is pending, because what it asks was redacted: ${[...new Set(missing)].join(', ')}.`]
      : []),
  ]
  const body = said && hasContent(said) ? { contentType, encoded: false as const, content: said.content } : undefined
  return {
    type: 'Synchronous/HTTP',
    key: hash('sha256', `${operation}\0${status}`, 'hex').slice(0, 16),
    description,
    providerStates: isOneOfSeveral ? [{ name: description }] : [],
    pending: missing.length > 0,
    comments: { text, mortar: certificateOf(proved, needed) },
    request,
    response: {
      status,
      ...(body && { body, matchingRules: { body: said!.rules } }),
    },
  }
}

function nameOf({ pointer }: ProvedField): string {
  return pointer === '' ? 'the whole body' : pointer
}

/** The same as the text, for programs. */
function certificateOf({ tests, sufficient, anyOf }: ProvedOperation, needed: readonly ProvedField[]): JsonObject {
  const json = { scope: tests, ...(sufficient && { sufficient }), anyOf, fields: needed }
  return json as unknown as JsonObject
}
