import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'

const of = (sql: string): string => fingerprintOf(sql).fingerprint

describe('the fingerprint of a statement', () => {
  it('is the same for other values, parameters, spacing, comments and case', () => {
    const same = [
      "SELECT name FROM orders WHERE id = 5 AND city = 'Köln'",
      'select name from orders where id=$1 and city=$2',
      "SELECT name -- the customer's\n FROM orders /* not /* nested */ 'x' */ WHERE id = -1.5e3 AND city = E'O\\'Hara'",
      'select "name" from "orders" where id = $1 and city = $tag$ it\'s $1 $tag$;',
    ]
    for (const sql of same) expect(of(sql)).toBe('SELECT name FROM orders WHERE id = ? AND city = ?')
  })

  it('does not grow with IN lists, arrays and rows of values', () => {
    expect(of('select 1 from t where id in (1,2, 3) or x = any(array[1,2])')).toBe(
      'SELECT ? FROM t WHERE id IN (?) OR x = ANY (ARRAY[?])',
    )
    expect(of("insert into t (a,b) values ($1,$2),($3,$4), (5,'six')")).toBe('INSERT INTO t(a, b) VALUES (?, ?)')
    expect(of('insert into t values (now(), 1), (now(), 2)')).toBe('INSERT INTO t VALUES (now(), ?)')
  })

  it('keeps apart what means something else', () => {
    expect(of('select a - 1 from t')).toBe('SELECT a - ? FROM t')
    expect(of('select a from t where b is null')).not.toBe(of('select a from t where b is not null'))
    expect(of('select "Order" from t')).toBe('SELECT "Order" FROM t')
    expect(of('select coalesce(a, 1)::int from s.t')).toBe('SELECT coalesce(a, ?)::int FROM s.t')
  })

  it('is settled: the fingerprint of a fingerprint is itself', () => {
    const piece = fc.constantFrom(
      'select', ' from ', 't', '(', ')', ',', '1', "'x'", ' in ', '$1', '-', 'values', '"A"', '.', '::', '--c\n', '/*', 'é',
    ) // prettier-ignore
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const once = of(pieces.join(' '))
        expect(of(once)).toBe(once)
      }),
    )
  })

  it('accepts any text at all', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (sql) => void fingerprintOf(sql)))
  })
})

describe('the operation of a statement', () => {
  const cases: readonly [sql: string, operation: string, effect: boolean][] = [
    ['SELECT * FROM public.orders o JOIN items i ON i.o = o.id', 'SELECT orders', false],
    ['select 1', 'SELECT', false],
    ['SELECT * FROM orders FOR UPDATE SKIP LOCKED', 'SELECT orders', false],
    ['select * into copy_of from orders', 'SELECT orders', true],
    ['insert into shop.orders(id) select 1 from other', 'INSERT shop.orders', true],
    ['update only orders set a = 1', 'UPDATE orders', true],
    ['DELETE FROM "Orders" USING x', 'DELETE "Orders"', true],
    ['with x as (select 1 from a) select * from x', 'SELECT x', false],
    ['with x as (delete from a returning *) select * from x', 'SELECT x', true],
    ['with recursive x as (select 1) insert into b select * from x', 'INSERT b', true],
    ['start transaction isolation level serializable', 'BEGIN', false],
    ['END', 'COMMIT', false],
    ['rollback to savepoint a', 'ROLLBACK TO', false],
    ['copy orders (id) from stdin', 'COPY orders', true],
    ['copy (select 1 from t) to stdout', 'COPY', false],
    ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)', 'CREATE INDEX i', true],
    ['create table if not exists s.t (id int)', 'CREATE TABLE s.t', true],
    ['truncate table orders', 'TRUNCATE orders', true],
    ['explain select * from t', 'EXPLAIN t', false],
    ['explain analyze delete from t', 'EXPLAIN t', true],
    ['begin; insert into t values (1); commit', 'INSERT t', true],
    ['begin; select 1 from t; commit', 'SELECT t', false],
    ['(select 1 from a) union (select 2 from b)', 'SELECT a', false],
    ['do $$ begin perform 1; end $$', 'DO', true],
    ['LISTEN orders', 'LISTEN orders', false],
    ['', 'EMPTY', false],
  ]
  it.each(cases)('of %s is %s', (sql, operation, effect) => {
    expect(fingerprintOf(sql)).toMatchObject({ operation, effect })
  })
})

describe('the functions that a statement calls', () => {
  it.each([
    ['insert into orders (id) values (now())', ['now']],
    ['insert into shop.orders(id) values (1)', []],
    ['copy orders (id) from stdin', []],
    ['with a (b) as (select f(1)) select cast(b as numeric(3, 2)) from a', ['f']],
    ['select shop.sneaky(1), "Loud"(2)', ['sneaky', '"Loud"']],
    ['select * from listed(1) as l(a, b)', ['listed']],
  ])('in %s are %j', (sql, calls) => {
    expect(fingerprintOf(sql).calls).toEqual(calls)
  })
})
