import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countPlaceholders, fingerprintOf } from './fingerprint.ts'

const of = (sql: string): string => fingerprintOf(sql).fingerprint

describe('the fingerprint of a statement', () => {
  it('is the same for other values, parameters, spacing, comments and quotes', () => {
    const same = [
      "SELECT name FROM orders WHERE id = 5 AND city = 'Köln'",
      'select name from orders where id=? and city=?',
      'select `name` from `orders` where `id` = ? and city = "it\'s \\" here"',
      "SELECT name -- the customer's\n FROM orders # of 'all'\n WHERE id = -1.5e3 /* no */ AND city = 'O\\'Hara'",
      "select name from orders where id = 0xff and city = _utf8mb4'x'",
      "select /*!40001 name */ from /*M! orders*/ where id = 1 and city = N'x'",
    ]
    for (const sql of same) expect(of(sql)).toBe('SELECT name FROM orders WHERE id = ? AND city = ?')
  })

  it('does not grow with IN lists and rows of values', () => {
    expect(of('insert ignore into t (a,b) values (?,?),(?,?)')).toBe('INSERT IGNORE INTO t(a, b) VALUES (?, ?)')
    expect(of('select * from t where id in (1, 2, 3)')).toBe('SELECT * FROM t WHERE id IN (?)')
  })

  it('keeps apart what means something else', () => {
    expect(of('select a--1 from t')).toBe('SELECT a - ? FROM t')
    expect(of('select `select` from `my table`')).toBe('SELECT `select` FROM `my table`')
    expect(of('select * from Orders')).not.toBe(of('select * from orders'))
    expect(of('select @n := @n + 1, @@session.sql_mode')).toBe('SELECT @n := @n + ?, @@session.sql_mode')
  })

  it.each([
    ['insert into orders values (1)', 'INSERT orders', true],
    ['INSERT orders SET id = 1', 'INSERT orders', true],
    ['replace into `shop`.`orders` values (1)', 'REPLACE shop.orders', true],
    ['insert low_priority ignore orders values (1)', 'INSERT orders', true],
    ['insert into a select * from b on duplicate key update x = 1', 'INSERT a', true],
    ['update ignore orders set a = 1', 'UPDATE orders', true],
    ['delete quick from orders', 'DELETE orders', true],
    ['delete a from a join b on a.id = b.id', 'DELETE a', true],
    ['truncate orders', 'TRUNCATE orders', true],
    ["load data local infile 'x.csv' into table orders", 'LOAD orders', true],
    ['create table if not exists `a` (id int)', 'CREATE TABLE a', true],
    ['rename table a to b', 'RENAME a', true],
    ['call settle(1)', 'CALL settle', true],
    ['start transaction read only', 'BEGIN', false],
    ['commit', 'COMMIT', false],
    ['rollback to savepoint s', 'ROLLBACK TO', false],
    ['set autocommit=0', 'SET', false],
    ['use shop', 'USE shop', false],
    ['show full columns from orders', 'SHOW', false],
    ['describe orders', 'EXPLAIN', false],
    ['select id into @x from orders for update', 'SELECT orders', false],
    ['select * from (select 1) t join orders', 'SELECT', false],
    ['with c as (select 1) select * from c', 'SELECT c', false],
    ['begin; insert into orders values (1); commit', 'INSERT orders', true],
    ['lock tables orders write', 'LOCK orders', false],
    ['', 'EMPTY', false],
  ])('of `%s` the operation is %s', (sql, operation, effect) => {
    expect(fingerprintOf(sql)).toMatchObject({ operation, effect })
  })

  it('counts the values that are sent beside the text', () => {
    expect(countPlaceholders('select \'?\', "?", `?`, ? -- ?\n from t where a in (?, ?) # ?')).toBe(3)
  })

  it('accepts any text at all', () => {
    const piece = fc.constantFrom("'", '"', '`', '\\', '/*', '*/', '/*!', '--', '#', '?', '@', 'select', '1e', ';', ' ')
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    )
    fc.assert(fc.property(text, (sql) => typeof of(sql) === 'string'))
  })
})
