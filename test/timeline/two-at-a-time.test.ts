import { describe, expect, it } from 'vitest'
import { detect } from '../../src/timeline/detect.ts'
import type { TimelineFinding } from '../../src/timeline/finding.ts'
import { TimelineBuilder } from './timeline-builder.ts'

type Build = (timeline: TimelineBuilder) => unknown

function found(build: Build): readonly TimelineFinding[] {
  const builder = new TimelineBuilder()
  builder.test('takes an order', () => void build(builder))
  return detect(builder.timeline)
}

const codes = (build: Build): readonly string[] => found(build).map(({ code }) => code)

describe('a lost update', () => {
  const read = 'SELECT sku, stock FROM products WHERE sku = $1'
  const write = 'UPDATE products SET stock = $2 WHERE sku = $1'
  const lamp = { parameters: ['lamp'], rows: 1 }
  const left = { parameters: ['lamp', '7'] }

  it('is a number that is read, and written back by the same key', () => {
    const [finding, ...others] = found((t) => t.transaction(() => t.sql(read, lamp).sql(write, left)))
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      code: 'lost-update',
      title: 'orders: UPDATE products writes back a number that SELECT products had read without a lock',
      exchanges: ['1-2', '1-3'],
    })
  })

  it.each<[string, Build]>([
    [
      'of several rows that were read at once',
      (t) =>
        t
          .sql('SELECT * FROM products WHERE sku = ANY($1)', { parameters: ['{"lamp","mug"}'], rows: 2 })
          .sql(write, left),
    ],
    [
      'as drivers and ORMs write it',
      (t) =>
        t
          .sql('SELECT "p"."id", "p"."stock" AS "left" FROM "products" AS "p" WHERE ("p"."id" = 12) LIMIT 1', {
            rows: 1,
          })
          .sql('UPDATE "products" SET "stock" = ?, "name" = ? WHERE "id" = ?', { parameters: ['7', 'Lamp', '12'] }),
    ],
  ])('is one %s', (_what, build) => {
    expect(codes((t) => t.transaction(() => build(t)))).toEqual(['lost-update'])
  })

  it.each<[string, Build]>([
    [
      'where the database does the sum',
      (t) => t.sql(read, lamp).sql('UPDATE products SET stock = stock - $2 WHERE sku = $1', left),
    ],
    ['of a row that was locked', (t) => t.sql(`${read} FOR UPDATE`, lamp).sql(write, left)],
    [
      'after another lock',
      (t) => t.sql('SELECT pg_advisory_xact_lock(7)', { rows: 1 }).sql(read, lamp).sql(write, left),
    ],
    [
      'after a change that holds a lock',
      (t) => t.sql('UPDATE carts SET open = false WHERE id = 1').sql(read, lamp).sql(write, left),
    ],
    [
      'that looks whether it is still the same',
      (t) => t.sql(read, lamp).sql(`${write} AND stock = $3`, { parameters: ['lamp', '7', '8'] }),
    ],
    [
      'that compares a version',
      (t) => t.sql(read, lamp).sql(`${write} AND version = $3`, { parameters: ['lamp', '7', '3'] }),
    ],
    ['of another row', (t) => t.sql(read, lamp).sql(write, { parameters: ['mug', '7'] })],
    ['of a column that was not read', (t) => t.sql('SELECT name FROM products WHERE sku = $1', lamp).sql(write, left)],
    ['of a flag', (t) => t.sql(read, lamp).sql(write, { parameters: ['lamp', '1'] })],
    ['of a text', (t) => t.sql(read, lamp).sql(write, { parameters: ['lamp', 'none'] })],
    ['when nothing was read', (t) => t.sql(read, { parameters: ['lamp'] }).sql(write, left)],
  ])('is none %s', (_what, build) => {
    expect(codes((t) => t.transaction(() => build(t)))).toEqual([])
  })

  it('is none in a transaction that the database keeps apart, and none without a transaction', () => {
    const serializable: Build = (t) =>
      t.sql('BEGIN ISOLATION LEVEL SERIALIZABLE').sql(read, lamp).sql(write, left).sql('COMMIT')
    expect(codes(serializable)).toEqual([])
    expect(codes((t) => t.sql(read, lamp).sql(write, left))).toEqual([])
  })
})

describe('a row that is inserted because there was none', () => {
  const look = 'SELECT id FROM orders WHERE customer_id = $1 AND reference = $2'
  const insert = "INSERT INTO orders (customer_id, reference, status) VALUES ($1, $2, 'paid') RETURNING id"
  const basket = { parameters: ['4711', 'basket'] }

  it('is looked for and inserted in one transaction', () => {
    const [finding, ...others] = found((t) =>
      t.transaction(() => t.sql(look, basket).sql(insert, { ...basket, rows: 1 })),
    )
    expect(others).toEqual([])
    expect(finding).toMatchObject({ code: 'checked-then-inserted', severity: 'note', exchanges: ['1-2', '1-3'] })
  })

  it('is one too when something else was changed in between', () => {
    const build: Build = (t) =>
      t
        .sql(look, basket)
        .sql('UPDATE products SET stock = stock - 1 WHERE sku = $1')
        .sql(insert, { ...basket, rows: 1 })
    expect(codes((t) => t.transaction(() => build(t)))).toEqual(['checked-then-inserted'])
  })

  it.each<[string, Build]>([
    ['there was one', (t) => t.sql(look, { ...basket, rows: 1 }).sql(insert, basket)],
    ['another one was looked for', (t) => t.sql(look, { parameters: ['4711', 'other'] }).sql(insert, basket)],
    [
      'less was looked for than makes the row',
      (t) =>
        t.sql('SELECT id FROM orders WHERE customer_id = $1 AND open', { parameters: ['4711'] }).sql(insert, basket),
    ],
    [
      'the database is told what to do then',
      (t) => t.sql(look, basket).sql(insert.replace('RETURNING', 'ON CONFLICT DO NOTHING RETURNING'), basket),
    ],
    ['a savepoint is set', (t) => t.sql(look, basket).sql('SAVEPOINT a').sql(insert, basket)],
    [
      'its customer was locked',
      (t) =>
        t
          .sql('SELECT 1 FROM customers WHERE id = $1 FOR UPDATE', { parameters: ['4711'], rows: 1 })
          .sql(look, basket)
          .sql(insert, basket),
    ],
  ])('is fine when %s', (_what, build) => {
    expect(codes((t) => t.transaction(() => build(t)))).toEqual([])
  })
})
