import { referenceOf } from './baseline.ts'
import type { Case } from './case.ts'
import { type JudgedCell, listOf, lineOf } from './findings.ts'

/** Something passing that good code makes nothing of, and that made tests fail: in order, so it is no finding. */
export interface Weakness {
  readonly sentence: string
  readonly cells: readonly JudgedCell[]
  readonly operations: readonly string[]
  readonly faults: readonly string[]
}

/** Failures under faults that good code gets over, by boundary and by what good code would do; most cells first. */
export function weaknessesOf(judged: readonly JudgedCell[]): readonly Weakness[] {
  const weak = judged.filter(({ shown, judgement }) => judgement.verdict === 'degraded' && isPassing(shown))
  const groups = Map.groupBy(weak, ({ shown: { cell, fault } }) => {
    const [status] = /^429\b/.exec(fault.name) ?? []
    return [cell.boundary, status ?? fault.expected].join('\0')
  })
  return [...groups.values()]
    .map((group): Weakness => {
      const cells = group.toSorted((a, b) => b.shown.fault.weight - a.shown.fault.weight)
      const operations = [...new Set(cells.map(({ shown }) => shown.cell.operation))]
      const faults = [...new Set(cells.map(({ shown }) => shown.cell.fault))]
      return { sentence: sentenceOf(cells, operations, faults), cells, operations, faults }
    })
    .toSorted((a, b) => b.cells.length - a.cells.length)
}

const givesTokens = /^POST \S*(?:token|oauth|auth|login|session)/i

/** Whether good code makes nothing of the fault at this exchange. */
function isPassing({ cell, fault, baseline }: Case): boolean {
  // Of two faults it may be the first one alone that the test fails with.
  if (!fault.passing || cell.after) return false
  const { moments } = referenceOf(baseline)
  const struck = moments.filter(
    ({ boundary, operation }) => boundary === cell.boundary && operation === cell.operation,
  )[cell.nth - 1]
  // Whether a write may be tried again is not for the client alone to know.
  if (cell.protocol === 'http' && fault.name === '503') return struck?.effect === false
  // Where no token is fetched, the credentials are all that there is.
  if (fault.name === '401') return moments.some(({ operation }) => givesTokens.test(operation))
  if (fault.name !== 'sqlstate 23505') return true
  // Who has looked first whether the row is there relies on nobody else looking at the same time.
  const table = cell.operation.replace(/^\w+ /, '')
  return moments.some(
    ({ boundary, operation, asked, facts: { sql } }) =>
      boundary === cell.boundary &&
      operation === `SELECT ${table}` &&
      sql?.rows === 0 &&
      asked < (struck?.asked ?? Number.POSITIVE_INFINITY),
  )
}

function sentenceOf(cells: readonly JudgedCell[], operations: readonly string[], faults: readonly string[]): string {
  const { cell, fault } = cells[0]!.shown
  const good = `failed, in order; good code would ${fault.expected}`
  const site = lineOf(cells[0]!.shown)
  if (operations.length === 1) {
    const others = faults.length > 1 ? `; the same with ${listOf(faults.slice(1))}` : ''
    return `\`${cell.operation}\` ${fault.said} → ${good}${others}${site === undefined ? '' : ` (${site})`}`
  }
  return `With ${listOf(faults)} at \`${cell.boundary}\`, ${operations.length} operations (${listOf(operations)}) ${good}`
}
