import { expect, it } from 'vitest'
import { makeBaseline } from '../../src/matrix/baseline.ts'
import { planCells, type PlanOptions } from '../../src/matrix/plan.ts'
import { observed, type Script } from './cases.ts'

const test = { file: 'test/orders.test.ts', name: 'places an order' }

function faultsAt(operation: string, script: Script, options: PlanOptions = {}): readonly string[] {
  const cells = planCells([makeBaseline(test, [observed(script, { struck: 0 })])], options)
  return cells.filter((cell) => cell.operation === operation).map(({ fault }) => fault)
}

it('tries nothing in tests of something else', () => {
  const script: Script = (t) => t.http('GET /v1/charges')
  expect(faultsAt('GET /v1/charges', script, { exclude: ['test/gateway.test.ts'] })).toContain('503')
  expect(faultsAt('GET /v1/charges', script, { exclude: ['test/ord*'] })).toEqual([])
})

it('refuses no row as a duplicate that an INSERT knows what to do about', () => {
  const insert = 'INSERT INTO shipments (order_id) VALUES ($1)'
  expect(faultsAt('INSERT shipments', (t) => t.sql(insert))).toContain('sqlstate 23505')
  expect(faultsAt('INSERT shipments', (t) => t.sql(`${insert} ON CONFLICT DO NOTHING`))).not.toContain('sqlstate 23505')
  expect(faultsAt('INSERT shipments', (t) => t.sql(`${insert} ON CONFLICT DO NOTHING`))).toContain('sqlstate 40P01')
})
