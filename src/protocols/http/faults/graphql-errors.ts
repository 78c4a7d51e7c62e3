import { type HttpFault, type HttpFaultMatch, wholeAnswer } from './http-fault.ts'
import { changeJson, type FieldFaultMatch } from './change-json.ts'
import { isRecord } from '../../../core/field-tree.ts'

/** The service does nothing, and says so as GraphQL does: with 200, `errors` and no data. */
export function graphqlErrors(match: HttpFaultMatch = {}): HttpFault {
  const errors = [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }]
  const headers = [['content-type', 'application/json']] as const
  return {
    name: 'graphql errors',
    match,
    reaches: false,
    before: () =>
      async function* (question) {
        yield* wholeAnswer(question, 200, 'OK', { headers, body: JSON.stringify({ errors, data: null }) })
      },
  }
}

/** One part of the data is missing: `null` stands in its place, and `errors` says why. */
export function graphqlPartial(match: FieldFaultMatch = {}): HttpFault {
  return changeJson('graphql partial data', match, (body) => {
    const path = isRecord(body) ? partOf(body['data']) : undefined
    if (!isRecord(body) || !path) return body
    const errors = [{ message: `Cannot resolve ${path.join('.')}`, path }]
    return { ...body, errors, data: without(body['data'], path) }
  })
}

/** The last object or list within a field of the data, else the last field. */
function partOf(data: unknown): readonly string[] | undefined {
  if (!isRecord(data)) return undefined
  const fields = Object.entries(data).filter(([, value]) => value !== null)
  const inner = fields.flatMap(([name, value]) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([part, each]) => (typeof each === 'object' && each ? [[name, part]] : []))
      : [],
  )
  const last = fields.at(-1)
  return inner.at(-1) ?? (last && [last[0]])
}

function without(data: unknown, [name, ...rest]: readonly string[]): unknown {
  if (!isRecord(data) || name === undefined) return null
  return { ...data, [name]: rest.length > 0 ? without(data[name], rest) : null }
}
