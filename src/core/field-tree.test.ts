import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPointer } from './json-pointer.ts'
import { changeFields, gone, hasField, keepFields } from './field-tree.ts'

const without = (json: unknown, ...pointers: string[]): unknown => changeFields(json, pointers, () => gone)

/** The pointers to all values but the root, and the values; elements of arrays by `*`. */
function all(value: unknown, way: readonly string[] = []): [string, unknown][] {
  const own: [string, unknown][] = way.length > 0 ? [[formatPointer(way), value]] : []
  if (Array.isArray(value)) return [...own, ...value.flatMap((item) => all(item, [...way, '*']))]
  if (typeof value !== 'object' || value === null) return own
  return [...own, ...Object.entries(value).flatMap(([name, item]) => all(item, [...way, name]))]
}

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
// What a pointer says of a list and of an object beside it would be the same for names that are numbers or a star.
const name = fc
  .oneof(fc.constantFrom('a', 'b', 'c/d', '~', '', '__proto__'), fc.string())
  .filter((text) => !/^(?:\d+|\*)$/.test(text))
const { body } = fc.letrec<{ body: unknown; any: unknown }>((tie) => ({
  body: fc.oneof(fc.array(tie('any'), { maxLength: 4 }), fc.dictionary(name, tie('any'), { maxKeys: 5 })),
  any: fc.oneof({ depthSize: 'small' }, leaf, tie('body')),
}))

const picked = body
  .map((json) => ({ json, pointers: [...new Set(all(json).map(([pointer]) => pointer))] }))
  .filter(({ pointers }) => pointers.length > 0)
  .chain(({ json, pointers }) =>
    fc.record({ json: fc.constant(json), pointers: fc.constant(pointers), some: fc.subarray(pointers) }),
  )

const isLeaf = (value: unknown): boolean => typeof value !== 'object' || value === null

describe('fields', () => {
  it('that are taken away are gone, and nothing else is', () => {
    fc.assert(
      fc.property(picked, ({ json, pointers, some }) => {
        const rest = without(json, ...some)
        expect(some.some((pointer) => hasField(rest, [pointer]))).toBe(false)
        const within = (pointer: string): boolean => some.some((one) => `${pointer}/`.startsWith(`${one}/`))
        const kept = pointers.filter((pointer) => !within(pointer))
        expect(new Set(all(rest).map(([pointer]) => pointer))).toEqual(new Set(kept))
      }),
    )
  })

  it('that are all that is kept are there with their values, and nothing is beside their way', () => {
    fc.assert(
      fc.property(picked, ({ json, some }) => {
        const leaves = all(json).flatMap(([pointer, value]) =>
          isLeaf(value) && some.includes(pointer) ? [pointer] : [],
        )
        const rest = keepFields(json, leaves)
        const values = (value: unknown): [string, unknown][] =>
          all(value).filter(([pointer, one]) => isLeaf(one) && leaves.includes(pointer))
        expect(values(rest)).toEqual(values(json))
        const others = all(rest).filter(([pointer, value]) => isLeaf(value) && !leaves.includes(pointer))
        expect(others).toEqual([])
      }),
    )
  })

  it('that are not there change nothing', () => {
    fc.assert(
      fc.property(body, (json) => {
        expect(without(json, '/not/there/*/at all')).toBe(json)
      }),
    )
  })

  it('of lists are taken from every element, and elements themselves too', () => {
    const json = { items: [{ id: 1, tags: ['a', 'b'] }, { id: 2, tags: [] }, 'odd'] }
    expect(without(json, '/items/*/id')).toEqual({ items: [{ tags: ['a', 'b'] }, { tags: [] }, 'odd'] })
    expect(without(json, '/items/*/tags/*')).toEqual({ items: [{ id: 1, tags: [] }, { id: 2, tags: [] }, 'odd'] })
    expect(without(json, '/items/0')).toEqual({ items: [{ id: 2, tags: [] }, 'odd'] })
  })

  it('that are kept without what is inside are empty shells, but where all of it is to stay', () => {
    const json = { user: { name: 'Ada' }, items: [{ id: 1 }, { id: 2 }], tags: ['a'], other: 1 }
    expect(keepFields(json, ['/user', '/items', '/tags'])).toEqual({ user: {}, items: [{}, {}], tags: [] })
    expect(keepFields(json, ['/items/*/id'], ['/user'])).toEqual({
      user: { name: 'Ada' },
      items: [{ id: 1 }, { id: 2 }],
    })
    expect(keepFields([{ id: 1, name: 'x' }], ['/*/id'])).toEqual([{ id: 1 }])
  })
})
