import { hash } from 'node:crypto'
import type { JsonObject } from '../../core/json.ts'
import type { ProvedField, ProvedOperation } from '../../core/proved-contract.ts'
import { fieldLine, readByTests, scopeLines } from '../certificate.ts'
import type { Parties } from '../json-schema.ts'
import { isNeeded } from '../needs.ts'
import { hasContent, type SaidBody, sayBody } from './answer-body.ts'
import { sayRequest } from './ask.ts'
import type { PactFile, PactInteraction, PactRules } from './pact-types.ts'

/**
 * The needs of one boundary as a Pact of version 4: one interaction for each operation and status, or for each place that
 * messages come from. What Pact cannot
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
  return proved.status === 0 ? messageOf(proved) : answerOf(proved, all)
}

function answerOf(proved: ProvedOperation, all: readonly ProvedOperation[]): PactInteraction {
  const { operation, status, contentType } = proved
  const description = `${operation} answers ${status}`
  const isOneOfSeveral = all.some((other) => other.operation === operation && other.status !== status)
  const { request, missing, withheld } = sayRequest(proved)
  const said = sayBody(proved)
  const more = [
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
    comments: commentsOn(proved, said, more),
    request,
    response: {
      status,
      ...(body && { body, matchingRules: { body: said!.rules } }),
    },
  }
}

/** What a message has to be; where nothing is needed of it, that it is JSON. */
function messageOf(proved: ProvedOperation): PactInteraction {
  const { operation, contentType, example } = proved
  const said = sayBody(proved)
  const body = said && hasContent(said) ? said : { content: {}, rules: anything }
  return {
    type: 'Asynchronous/Messages',
    key: hash('sha256', operation, 'hex').slice(0, 16),
    description: `a message at ${example.path}`,
    providerStates: [],
    pending: false,
    comments: commentsOn(proved, said),
    contents: { contentType, encoded: false, content: body.content },
    metadata: { contentType },
    matchingRules: { body: body.rules },
  }
}

const anything: PactRules = { $: { combine: 'AND', matchers: [{ match: 'type' }] } }

function commentsOn(
  proved: ProvedOperation,
  said: SaidBody | undefined,
  more: readonly string[] = [],
): PactInteraction['comments'] {
  const tests = readByTests(proved)
  const needed = proved.fields.filter((field) => isNeeded(field))
  const text = [
    ...scopeLines(proved),
    ...needed.map((field) => `${nameOf(field)}: ${fieldLine(field)}.`),
    ...(said?.unsaid ?? []).map((line) => `Not said here, because Pact cannot: ${line}.`),
    ...(tests.length > 0 ? [`Not said here, because only tests read it: ${tests.join(', ')}.`] : []),
    ...more,
  ]
  return { text, mortar: certificateOf(proved, needed) }
}

function nameOf({ pointer }: ProvedField): string {
  return pointer === '' ? 'the whole body' : pointer
}

/** The same as the text, for programs. */
function certificateOf({ tests, sufficient, anyOf }: ProvedOperation, needed: readonly ProvedField[]): JsonObject {
  const json = { scope: tests, ...(sufficient && { sufficient }), anyOf, fields: needed }
  return json as unknown as JsonObject
}
