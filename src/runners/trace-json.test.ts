import { describe, expect, it } from 'vitest'
import { traceJson, untraced } from './trace-json.ts'

/** What is read of a body, `…` behind what is read as a whole. */
function readOf<T extends object>(body: T, use: (body: T) => unknown): string[] {
  const found = new Set<string>()
  use(traceJson(body, (pointer, whole) => void found.add(whole ? `${pointer}…` : pointer)))
  return [...found]
}

const order = (): {
  id: string
  user?: { name: string; age: number }
  items: { sku: string; tags: string[] }[]
  state: string
} => ({
  id: 'o_1',
  user: { name: 'Ada', age: 36 },
  items: [
    { sku: 'a', tags: ['x'] },
    { sku: 'b', tags: [] },
  ],
  state: 'open',
})

describe('a body that is watched', () => {
  it('tells of the fields that are read, and of no others', () => {
    expect(readOf(order(), ({ user }) => user?.name)).toEqual(['/user', '/user/name'])
    expect(readOf(order(), (body) => 'state' in body && Object.hasOwn(body, 'id'))).toEqual(['/state', '/id'])
  })

  it('tells of every element of a list by one pointer', () => {
    const read = readOf(order(), ({ items }) => items.map(({ sku }) => sku))
    expect(read).toEqual(['/items', '/items…', '/items/*', '/items/*/sku'])
  })

  it('tells of names that are listed', () => {
    expect(readOf(order(), ({ user }) => ({ ...user }))).toEqual(['/user', '/user…', '/user/name', '/user/age'])
    expect(readOf(order(), (body) => Object.keys(body))).toEqual(['…'])
    expect(readOf([1, 2], (body) => JSON.stringify(body))).toEqual(['…', '/*'])
  })

  it('is the same to those who compare, spread, freeze, write and clone', () => {
    const body = traceJson(order(), () => {})
    expect(body).toEqual(order())
    expect(JSON.stringify(body)).toBe(JSON.stringify(order()))
    expect(body.items).toBe(body.items)
    expect([...body.items].map(({ sku }) => sku)).toEqual(['a', 'b'])
    expect(body.items.concat([]).length).toBe(2)
    expect(structuredClone(untraced({ body }))).toEqual({ body: order() })
    delete body.user
    body.items.push({ sku: 'c', tags: [] })
    expect(body).toEqual({ ...order(), user: undefined, items: [...order().items, { sku: 'c', tags: [] }] })
    expect(Object.freeze(body).items).toHaveLength(3)
  })

  it('does not tell of what the program has written into it', () => {
    const use = (body: Record<string, unknown>): unknown => {
      body['id'] = 'mine'
      return body['id']
    }
    expect(readOf({ id: 'theirs' } as Record<string, unknown>, use)).toEqual([])
  })

  it('is read as a whole by who clones it', () => {
    expect(readOf({ a: 1, b: { c: [2] } }, untraced)).toEqual(['…', '/a', '/b', '/b…', '/b/c', '/b/c…', '/b/c/*'])
  })
})
