import type { PlanNode } from './plan-findings.ts'

const maxLength = 160

/** A plan in one line: `Limit of Sort of Seq Scan on orders`; where a node has several below it, they are in parentheses. */
export function planLine(plan: PlanNode): string {
  const line = lineOf(plan)
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line
}

function lineOf(node: PlanNode): string {
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index, Plans: below = [] } = node
  const own = [type, table && `on ${table}`, index && `by ${index}`].filter(Boolean).join(' ')
  // A bitmap scan names its table above its index.
  if (below.length === 0) return own
  const parts = below.map(lineOf)
  return parts.length === 1 ? `${own} of ${parts[0]}` : `${own} of (${parts.join(', ')})`
}
