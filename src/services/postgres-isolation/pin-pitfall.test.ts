import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSql } from '../../protocols/postgres/split-sql.ts'
import { pitfallOf, storesTime } from './pin-pitfall.ts'
import { transactionControl } from './transaction-control.ts'

describe('what does not work in a shared transaction', () => {
  it.each([
    ['LISTEN a', 'notify'],
    ["select 1; notify a, 'b'", 'notify'],
    ['select pg_try_advisory_lock($1)', 'advisory lock'],
    ['select * from a for update nowait', 'lock'],
    ['drop index concurrently i', 'outside of a transaction'],
    ['create unique index concurrently if not exists i on a (b)', 'outside of a transaction'],
    ['create database a', 'outside of a transaction'],
    ['alter system set a = 1', 'outside of a transaction'],
    ['start transaction isolation level repeatable read', 'isolation level'],
    ['set session characteristics as transaction isolation level serializable', 'isolation level'],
    ["prepare transaction 'a'", 'two-phase commit'],
    ["commit prepared 'a'", 'two-phase commit'],
    ["set local app.tenant = '1'", 'local setting'],
    ['discard all', 'whole session'],
    ['deallocate all', 'whole session'],
    ['prepare a as select 1', 'prepared by SQL'],
  ])('is found in %s', (sql, kind) => {
    expect(pitfallOf(sql)).toMatchObject({ kind })
  })

  it.each([
    "select 'listen a; vacuum'",
    'select * from locked where skip = 1 -- for update nowait',
    'select "nowait" from a',
    'begin isolation level read committed',
    'create table a (b int)',
    'create index i on a (b)',
    'deallocate a',
    'unlisten *',
    '',
  ])('is not found in %s', (sql) => {
    expect(pitfallOf(sql)).toBeUndefined()
  })

  it('includes the time where it is stored', () => {
    const stores = (sql: string): boolean => splitSql(sql).some(storesTime)
    expect(stores('insert into a values (now())')).toBe(true)
    expect(stores('update a set b = CURRENT_TIMESTAMP')).toBe(true)
    expect(stores('select * from a where b < now()')).toBe(false)
    expect(stores("insert into a values ('now()')")).toBe(false)
  })

  it('is looked for in any text at all', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (sql) => void pitfallOf(sql)))
  })
})

describe('the control of a transaction', () => {
  const controls = (sql: string): unknown[] => splitSql(sql).map((statement) => transactionControl(statement)?.tag)

  it('is told from everything else', () => {
    expect(controls('begin; start transaction; commit work; end; rollback; abort')).toEqual([
      'BEGIN', 'START TRANSACTION', 'COMMIT', 'COMMIT', 'ROLLBACK', 'ROLLBACK',
    ]) // prettier-ignore
    expect(controls("rollback to a; savepoint b; release b; commit prepared 'x'; select 1")).toEqual(
      Array.from({ length: 5 }),
    )
    expect(controls('create function a() returns int begin atomic select 1; end')).toEqual([undefined])
    expect(transactionControl(splitSql('commit and chain')[0]!)).toMatchObject({ chain: true })
    expect(transactionControl(splitSql('commit and no chain')[0]!)).toMatchObject({ chain: false })
    expect(transactionControl(splitSql('begin read only')[0]!)).toMatchObject({ readOnly: true })
  })

  it('is found in the pieces of a text as they were written', () => {
    expect(splitSql(" begin ; insert into a values (';') -- ;\n; commit").map(({ text }) => text.trim())).toEqual([
      'begin',
      "insert into a values (';') -- ;",
      'commit',
    ])
  })
})
