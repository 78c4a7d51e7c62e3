import type { Moment } from '../timeline/moment.ts'
import { answeredJson } from './contract/answers.ts'

/** How deep it is looked into a body, and at how many of its fields. */
const deepest = 3
const mostFields = 100

/**
 * What kind of answer came: `200 {id,items[{sku}]}` of JSON over HTTP, which names fields and tells nothing and lists
 * without elements from the rest; the status alone of other bodies; empty where there was none, or over other protocols.
 */
export function answerKind(moment: Moment): string {
  const { http } = moment.facts
  if (moment.protocol !== 'http' || !http || http.status === 0) return ''
  const json = answeredJson(moment)
  return json ? `${http.status} ${shapeOf(json.value)}` : `${http.status}`
}

function shapeOf(value: unknown, depth = 0): string {
  if (value === null) return 'null'
  if (typeof value !== 'object' || depth === deepest) return ''
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${shapeOf(value[0], depth + 1)}]`
  const names = Object.keys(value).toSorted().slice(0, mostFields)
  return `{${names.map((name) => `${name}${shapeOf((value as Record<string, unknown>)[name], depth + 1)}`).join(',')}}`
}
