import fc from 'fast-check'
import { expect, it } from 'vitest'
import { overlaps, type Span } from './overlaps.ts'

const span = fc
  .tuple(fc.nat(40), fc.oneof(fc.nat(20), fc.constant(Infinity)))
  .map(([from, size]): Span => ({ from, to: from + size }))

it('finds what a look at everything would', () => {
  fc.assert(
    fc.property(fc.array(span), span, (spans, wanted) => {
      const items = spans.toSorted((a, b) => a.from - b.from)
      const found = overlaps(items, (item) => item)(wanted)
      expect(found).toEqual(items.filter(({ from, to }) => to > wanted.from && from < wanted.to))
    }),
  )
})
