import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { likelyIndex } from './likely-index.ts'

const of = (condition: string, alias?: string): string | undefined => likelyIndex({ table: 'orders', alias, condition })

describe('the index that a condition wants', () => {
  it.each([
    ['(customer = 5)', 'orders (customer)'],
    ["((total > '5'::numeric) AND (note = 'it AND (that) OR'::text))", 'orders (note, total)'],
    ['((placed >= now()) AND (placed < CURRENT_DATE))', 'orders (placed)'],
    ["((status)::text = 'open'::text)", 'orders (status)'],
    ["((status)::text = ANY ('{open,paid}'::text[]))", 'orders (status)'],
    ["(lower(email) = 'a@b'::text)", 'orders (lower(email))'],
    ["(note ~~ 'abc%'::text)", 'orders (note text_pattern_ops)'],
    ['((deleted_at IS NULL) AND (customer = $1))', 'orders (deleted_at, customer)'],
    ['("Customer" = 5)', 'orders ("Customer")'],
  ])('for %s is %s', (condition, index) => {
    expect(of(condition)).toBe(index)
  })

  it('is found by the alias where several tables are read', () => {
    expect(of('(o.customer = c.id)', 'o')).toBe('orders (customer)')
    expect(of('(c.id = o.customer)', 'o')).toBe('orders (customer)')
    expect(of("((o.customer = c.id) AND (o.note = 'x'::text))", 'o')).toBe('orders (customer, note)')
    expect(of('(c.name > c.note)', 'o')).toBeUndefined()
    expect(of('(o.a = o.b)', 'o')).toBeUndefined()
  })

  it.each([
    '((customer = 5) OR (total > 7))',
    "(note ~~ '%abc%'::text)",
    '(customer <> 5)',
    '(a = b)',
    '(NOT shipped)',
    '((total + 1) = 5)',
  ])('is not known for %s', (condition) => {
    expect(of(condition)).toBeUndefined()
  })

  it('is looked for in anything without failing', () => {
    const pieces = fc.constantFrom('(', ')', ' AND ', ' OR ', "'", 'a', 'o.a', ' = ', '5', '::text', ' IS NULL')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const index = of(parts.join(''), 'o')
        expect(index === undefined || /^orders \(.+\)$/.test(index)).toBe(true)
      }),
    )
  })
})
