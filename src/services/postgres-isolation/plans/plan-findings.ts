import { likelyIndex } from './likely-index.ts'

/** A node of a plan, as `EXPLAIN (FORMAT JSON)` has it. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly Alias?: string
  readonly 'Plan Rows': number
  readonly 'Plan Width': number
  readonly 'Total Cost': number
  readonly Filter?: string
  readonly 'Join Filter'?: string
  readonly 'Sort Key'?: readonly string[]
  readonly Plans?: readonly PlanNode[]
}

/** A plan, and what must be known of the database to judge it. */
export interface JudgedPlan {
  readonly plan: PlanNode
  /** Rows of each table, by its name without schema. */
  readonly tableRows: ReadonlyMap<string, number>
  readonly workMemBytes: number
}

/** What a plan does that takes long where there are many rows. */
export interface PlanFinding {
  readonly kind: 'sequential scan' | 'nested loop' | 'sort on disk'
  /** The table it is about, where there is one. */
  readonly table?: string
  /** How many rows, pairs of rows or bytes it is about. */
  readonly size: number
  /** For people: `reads all 100000 rows of orders to find 12 where (customer = 5)`. */
  readonly summary: string
  /** What would most likely help: `orders (customer)`. */
  readonly index?: string
}

/** From where on something is large. */
export interface PlanLimits {
  /** Rows of a table that must not be read from end to end (default 10 000). */
  readonly bigTableRows?: number
  /** Pairs of rows that a nested loop may look at (default 1 000 000). */
  readonly loopPairs?: number
}

// What a row costs in memory besides its width.
const rowOverheadBytes = 24

/** What is wrong with a plan in a large database that was of no account in a small one. */
export function planFindings(small: JudgedPlan, large: JudgedPlan, limits: PlanLimits = {}): PlanFinding[] {
  const before = findingsIn(small, limits)
  return findingsIn(large, limits).filter(
    ({ kind, table, size }) =>
      // Large in both is how the statement is, and no change.
      !before.some((each) => each.kind === kind && each.table === table && each.size * 2 > size),
  )
}

function findingsIn(judged: JudgedPlan, { bigTableRows = 10_000, loopPairs = 1_000_000 }: PlanLimits): PlanFinding[] {
  const { tableRows, workMemBytes } = judged
  const found: PlanFinding[] = []

  const visit = (node: PlanNode, above: readonly PlanNode[]): void => {
    const { 'Node Type': type, 'Relation Name': table = '', Plans: below = [] } = node
    const read = tableRows.get(table) ?? 0
    if (type === 'Seq Scan' && read >= bigTableRows && !stopsEarly(node, above)) found.push(scanOf(node, read))
    if (type === 'Nested Loop') {
      const pairs = pairsOf(node, tableRows)
      if (pairs >= loopPairs) found.push(loopOf(node, pairs))
    }
    if (type === 'Sort') {
      const bytes = sortedRows(node, above) * (node['Plan Width'] + rowOverheadBytes)
      if (bytes > workMemBytes) found.push(sortOf(node, bytes, workMemBytes))
    }
    for (const each of below) visit(each, [node, ...above])
  }

  visit(judged.plan, [])
  return found
}

function scanOf(node: PlanNode, read: number): PlanFinding {
  const table = node['Relation Name']!
  const rows = node['Plan Rows']
  const how = node.Filter === undefined ? '' : ` to find ${rows} where ${node.Filter}`
  return {
    kind: 'sequential scan',
    table,
    size: read,
    summary: `reads all ${read} rows of ${table}${how}`,
    ...indexOn(table, node, node.Filter),
  }
}

function loopOf(node: PlanNode, pairs: number): PlanFinding {
  const [outer, inner] = node.Plans ?? []
  const scan = inner && scanIn(inner)
  const table = scan?.['Relation Name']
  const again = table === undefined ? 'its inner side' : table
  return {
    kind: 'nested loop',
    ...(table !== undefined && { table }),
    size: pairs,
    summary: `goes through ${again} again for each of ${outer?.['Plan Rows'] ?? 0} rows: ${pairs} pairs`,
    ...(table !== undefined && indexOn(table, scan, node['Join Filter'] ?? scan?.Filter)),
  }
}

function sortOf(node: PlanNode, bytes: number, workMemBytes: number): PlanFinding {
  const keys = node['Sort Key'] ?? []
  const by = keys.join(', ') || 'its key'
  // Over several tables, no index has the order.
  const table = node.Plans?.length === 1 && !node.Plans[0]!.Plans ? node.Plans[0]!['Relation Name'] : undefined
  return {
    kind: 'sort on disk',
    size: bytes,
    summary: `sorts ${megabytes(bytes)} by ${by}, more than the ${megabytes(workMemBytes)} of work_mem`,
    ...(table !== undefined && keys.length > 0 && { index: `${table} (${by.replaceAll(`${table}.`, '')})` }),
  }
}

/** A LIMIT above lets the scan end long before the table does. */
function stopsEarly(node: PlanNode, above: readonly PlanNode[]): boolean {
  return above.some((each) => each['Node Type'] === 'Limit' && each['Total Cost'] < node['Total Cost'] / 10)
}

/** With a LIMIT right above, only so many rows are kept. */
function sortedRows(node: PlanNode, [parent]: readonly PlanNode[]): number {
  const rows = node['Plan Rows']
  return parent?.['Node Type'] === 'Limit' ? Math.min(rows, parent['Plan Rows']) : rows
}

function pairsOf(node: PlanNode, tableRows: ReadonlyMap<string, number>): number {
  const [outer, inner] = node.Plans ?? []
  if (!outer || !inner) return 0
  return outer['Plan Rows'] * readEachTime(inner, tableRows)
}

/** How many rows are looked at each time the node is run again. */
function readEachTime(node: PlanNode, tableRows: ReadonlyMap<string, number>): number {
  const type = node['Node Type']
  if (type === 'Seq Scan') return tableRows.get(node['Relation Name'] ?? '') ?? node['Plan Rows']
  // What was read once is kept, and only gone through again.
  if (type === 'Materialize' || type === 'Memoize') return node['Plan Rows']
  const below = (node.Plans ?? []).map((each) => readEachTime(each, tableRows))
  return Math.max(node['Plan Rows'], ...below)
}

function indexOn(table: string, scan: PlanNode | undefined, condition: string | undefined): { index?: string } {
  const index = condition && likelyIndex({ table, alias: scan?.Alias, condition })
  return index ? { index } : {}
}

function scanIn(node: PlanNode): PlanNode | undefined {
  if (node['Relation Name'] !== undefined) return node
  for (const each of node.Plans ?? []) {
    const found = scanIn(each)
    if (found !== undefined) return found
  }
  return undefined
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`
}
