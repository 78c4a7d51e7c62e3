import { describe, expect, it } from 'vitest'
import { type JudgedPlan, planFindings, type PlanNode } from './plan-findings.ts'

function node(type: string, more: Partial<PlanNode> = {}): PlanNode {
  return { 'Node Type': type, 'Plan Rows': 1, 'Plan Width': 8, 'Total Cost': 1, ...more }
}

const scan = (rows: number, more: Partial<PlanNode> = {}): PlanNode =>
  node('Seq Scan', { 'Relation Name': 'orders', 'Plan Rows': rows, 'Total Cost': 2_000, ...more })

function judged(plan: PlanNode, orders: number): JudgedPlan {
  return { plan, tableRows: new Map([['orders', orders]]), workMemBytes: 4 * 2 ** 20 }
}

const kinds = (small: JudgedPlan, large: JudgedPlan): string[] => planFindings(small, large).map(({ kind }) => kind)

describe('what a plan becomes where there are many rows', () => {
  it('is a sequential scan of a table that has become large', () => {
    const plan = scan(12, { Filter: '(customer = 5)' })
    expect(planFindings(judged(plan, 10), judged(plan, 100_000))).toEqual([
      {
        kind: 'sequential scan',
        table: 'orders',
        size: 100_000,
        summary: 'reads all 100000 rows of orders to find 12 where (customer = 5)',
        index: 'orders (customer)',
      },
    ])
    expect(kinds(judged(plan, 10), judged(plan, 9_999))).toEqual([])
    expect(kinds(judged(plan, 90_000), judged(plan, 100_000))).toEqual([])
    expect(kinds(judged(plan, 10), judged(node('Index Scan', { 'Relation Name': 'orders' }), 100_000))).toEqual([])
  })

  it('is no scan where a LIMIT ends it early', () => {
    const limited = (cost: number): PlanNode => node('Limit', { 'Total Cost': cost, Plans: [scan(100_000)] })
    expect(kinds(judged(scan(1), 10), judged(limited(5), 100_000))).toEqual([])
    expect(kinds(judged(scan(1), 10), judged(limited(1_900), 100_000))).toEqual(['sequential scan'])
  })

  it('is a nested loop that goes through many rows again and again', () => {
    const loop = (outer: number, inner: PlanNode): PlanNode =>
      node('Nested Loop', { Plans: [node('Index Scan', { 'Plan Rows': outer }), inner] })
    const [finding] = planFindings(judged(loop(2, scan(10)), 10), judged(loop(500, scan(3)), 5_000))
    expect(finding).toMatchObject({
      kind: 'nested loop',
      table: 'orders',
      size: 2_500_000,
      summary: 'goes through orders again for each of 500 rows: 2500000 pairs',
    })
    const kept = node('Materialize', { 'Plan Rows': 5_000, Plans: [scan(5_000)] })
    expect(kinds(judged(loop(2, kept), 10), judged(loop(500, kept), 5_000))).toEqual(['nested loop'])
    const few = node('Materialize', { 'Plan Rows': 5, Plans: [scan(5)] })
    expect(kinds(judged(loop(2, few), 10), judged(loop(500, few), 5_000))).toEqual([])
    const byIndex = node('Index Scan', { 'Plan Rows': 3, 'Relation Name': 'orders' })
    expect(kinds(judged(loop(2, byIndex), 10), judged(loop(50_000, byIndex), 100_000))).toEqual([])
  })

  it('is a sort that does not fit into memory, unless few rows are kept', () => {
    const sort = (rows: number): PlanNode =>
      node('Sort', { 'Plan Rows': rows, 'Plan Width': 100, 'Sort Key': ['placed DESC'] })
    const [finding] = planFindings(judged(sort(10), 10), judged(sort(100_000), 100_000))
    expect(finding).toMatchObject({
      kind: 'sort on disk',
      summary: 'sorts 11.8 MB by placed DESC, more than the 4.0 MB of work_mem',
    })
    const first = node('Limit', { 'Plan Rows': 10, Plans: [sort(100_000)] })
    expect(kinds(judged(sort(10), 10), judged(first, 100_000))).toEqual([])
    expect(kinds(judged(sort(90_000), 10), judged(sort(100_000), 10))).toEqual([])
  })
})
