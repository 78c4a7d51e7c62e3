import { isRecord } from '../../../core/field-tree.ts'
import type { HttpQuestion } from '../message.ts'

const fields = ['type', 'event', 'event_type', 'eventType', 'topic']
const headers = /^x-(?:github-event|gitlab-event|shopify-topic|event-key|event-type)$/i
const unheardOf = 'something.unheard_of'

/** The same delivery of an event of a type that nobody knows. @returns `undefined` when it names no type */
export function ofUnknownType(question: HttpQuestion): HttpQuestion | undefined {
  if (question.headers.some(([name]) => headers.test(name))) {
    return {
      ...question,
      headers: question.headers.map(([name, value]) => [name, headers.test(name) ? unheardOf : value]),
    }
  }
  const event = jsonIn(question.body)
  const field = isRecord(event) ? fields.find((name) => typeof event[name] === 'string') : undefined
  if (!isRecord(event) || field === undefined) return undefined
  return withBody(question, { ...event, [field]: unheardOf })
}

/** The same delivery with one field more. @returns `undefined` when it is no JSON object */
export function withMore(question: HttpQuestion): HttpQuestion | undefined {
  const event = jsonIn(question.body)
  return isRecord(event) ? withBody(question, { ...event, added: true }) : undefined
}

function withBody(question: HttpQuestion, event: object): HttpQuestion {
  const body = Buffer.from(JSON.stringify(event))
  const headers = question.headers.map(([name, value]): readonly [string, string] =>
    /^content-length$/i.test(name) ? [name, String(body.length)] : [name, value],
  )
  return { ...question, headers, body }
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'))
  } catch {
    return undefined
  }
}
