import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeFields, gone, hasField, keepFields } from '../../core/field-tree.ts'
import { fieldsOf } from './body-fields.ts'
import { prove, type Proved } from './prove.ts'
import type { Answer, Question, Where } from './question.ts'
import type { ReadField } from './read-fields.ts'
import { byHalves, searchFields } from './search.ts'
import { makeSearchBudget } from './search-budget.ts'

/** Answers questions as a program would that works with a body or does not. @returns What was found, and how it was. */
function pursue<T>(
  inquiry: Generator<readonly Question[], T, readonly (Answer | undefined)[]>,
  works: (question: Question) => boolean,
  others: readonly number[] = [1],
): { readonly found: T; readonly rounds: number; readonly asked: number } {
  let rounds = 0
  const asked = new Set<string>()
  for (let next = inquiry.next([]); ;) {
    if (next.done) return { found: next.value, rounds, asked: asked.size }
    const before = asked.size
    for (const question of next.value) asked.add(JSON.stringify(question))
    // What was asked before is known.
    if (asked.size > before) rounds++
    const answers = next.value.map((question): Answer => {
      const cell = JSON.stringify(question)
      const where = question.where === undefined ? [0] : typeof question.where === 'string' ? others : question.where
      return works(question) ? { cell, why: '', where: [] } : { cell, shows: 'asserted', why: '', where }
    })
    next = inquiry.next(answers)
  }
}

/** The body that a question makes of one. */
function bodyOf(body: unknown, { fault, detail: { pointers = [], keep = [], whole = [] } }: Question): unknown {
  if (fault === 'only these fields') return keepFields(body, keep, whole)
  if (fault === 'field absent') return changeFields(body, pointers, () => gone)
  return fault === 'field null' ? changeFields(body, pointers, () => null) : body
}

function proved(
  body: object,
  works: (body: never) => unknown,
  readBy: (pointer: string) => ReadField['readBy'] = () => 'program',
): Proved {
  const fields = fieldsOf([[[body]]])
    .filter(({ kind }) => kind !== 'container')
    .map((field): ReadField => ({ ...field, readBy: readBy(field.pointer) }))
  const isFine = (question: Question): boolean => {
    try {
      return Boolean(works(bodyOf(body, question) as never))
    } catch {
      return false
    }
  }
  return pursue(prove(fields), isFine).found
}

const needed = ({ absent }: Proved): string[] => [...absent].flatMap(([pointer, { shows }]) => (shows ? [pointer] : []))

const abc = { a: 1, b: 2, c: 3, d: { e: 4, f: 5 } }

describe('what a program needs', () => {
  it('is what it does not work without, and that is enough', () => {
    const { sufficient, anyOf, ...rest } = proved(abc, ({ a, d }: typeof abc) => a && d.e)
    expect(needed({ sufficient, anyOf, ...rest })).toEqual(['/a', '/d/e'])
    expect([sufficient?.held, anyOf]).toEqual([true, []])
  })

  it('may be one of two, or one of two for each of two', () => {
    const one = proved(abc, ({ a, b, c }: Partial<typeof abc>) => (a ?? b) && c)
    expect([needed(one), one.anyOf, one.sufficient?.held]).toEqual([['/c'], [[['/a'], ['/b']]], true])
    const two = proved(abc, ({ a, b, d }: Partial<typeof abc>) => (a ?? b) && (d?.e ?? d?.f))
    expect(two.anyOf.map((group) => group.flat().toSorted()).toSorted()).toEqual([
      ['/a', '/b'],
      ['/d/e', '/d/f'],
    ])
  })

  it('is any choice of one for each thing that it needs, whatever these are', () => {
    const names = Array.from({ length: 9 }, (_, i) => `f${i}`)
    const wishes = fc
      .tuple(fc.shuffledSubarray(names, { minLength: 1 }), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 9 }))
      .map(([picked, sizes]) => {
        let from = 0
        return sizes.map((size) => picked.slice(from, (from += size))).filter(({ length }) => length > 0)
      })
    fc.assert(
      fc.property(wishes, (groups) => {
        const body = Object.fromEntries(names.map((name) => [name, 1]))
        const works = (seen: Record<string, unknown>): boolean =>
          groups.every((group) => group.some((one) => seen[one]))
        const found = proved(body, works)
        const sorted = (some: readonly (readonly string[])[]): string[] =>
          some.map((one) => one.toSorted().join()).sort()
        const single = groups.filter(({ length }) => length === 1).flat()
        expect(new Set(needed(found))).toEqual(new Set(single.map((name) => `/${name}`)))
        const wanted = groups.filter(({ length }) => length > 1).map((group) => group.map((name) => `/${name}`))
        expect(sorted(found.anyOf.map((group) => group.flat()))).toEqual(sorted(wanted))
        expect(found.sufficient?.held).toBe(true)
      }),
    )
  })

  it('may be two together, or another one', () => {
    const { anyOf, sufficient } = proved(abc, ({ a, b, c }: Partial<typeof abc>) => (a && b) || c)
    expect(anyOf).toEqual([[['/c'], ['/a', '/b']]])
    expect(sufficient?.held).toBe(true)
  })

  it('may be what is only read when something else is missing', () => {
    const nobody = (pointer: string): 'nobody' | 'program' => (pointer === '/b' ? 'nobody' : 'program')
    expect(proved(abc, ({ a, b }: Partial<typeof abc>) => a ?? b, nobody).anyOf).toEqual([[['/a'], ['/b']]])
  })

  it('is found where nobody was seen to read it', () => {
    const { absent, null: nulls } = proved(
      abc,
      ({ c }: typeof abc) => c,
      () => 'nobody',
    )
    expect(absent.get('/c')?.shows).toBe('asserted')
    expect(nulls.get('/c')?.shows).toBe('asserted')
    expect(absent.get('/a')?.shows).toBe(undefined)
  })

  it('is also what only tests need that do not stand for the others', () => {
    const fields = fieldsOf([[[abc]]]).filter(({ kind }) => kind !== 'container')
    const read = fields.map((field): ReadField => ({ ...field, readBy: 'program' }))
    const works = (question: Question): boolean => {
      const { a, b } = bodyOf(abc, question) as Partial<typeof abc>
      return Boolean(a && (b || question.where === undefined))
    }
    const { found } = pursue(prove(read), works)
    expect([needed(found), found.sufficient?.held, found.anyOf]).toEqual([['/a', '/b'], true, []])
    expect(found.null.get('/b')?.shows).toBe('asserted')
  })

  it('is looked for only in tests that want more than those that stand for them', () => {
    const fields = fieldsOf([[[abc]]]).filter(({ kind }) => kind !== 'container')
    const read = fields.map((field): ReadField => ({ ...field, readBy: 'program' }))
    // Of five tests the last one wants `b`, and does not bear `null` in `c`.
    const asked = new Map<Where | undefined, number>()
    const works = ({ where, ...question }: Question): boolean => {
      asked.set(where, (asked.get(where) ?? 0) + 1)
      const { a, b, c } = bodyOf(abc, { ...question }) as Partial<typeof abc>
      return Boolean(a && (where === undefined || (b && c !== null)))
    }
    const { found } = pursue(prove(read), works, [4])
    expect([needed(found), found.sufficient?.held]).toEqual([['/a', '/b'], true])
    expect(found.null.get('/c')?.shows).toBe('asserted')
    expect([asked.get('everywhere'), asked.get('elsewhere')]).toEqual([1, 2])
  })

  it('is nothing, which one run shows', () => {
    const fields = fieldsOf([[[abc]]]).filter(({ kind }) => kind !== 'container')
    const unread = fields.map((field): ReadField => ({ ...field, readBy: 'nobody' }))
    expect(pursue(prove(unread), () => true)).toMatchObject({
      rounds: 2,
      asked: 2,
      found: { sufficient: { held: true } },
    })
  })

  it('is not known of what could not be tried', () => {
    const inquiry = prove(fieldsOf([[[abc]]]).map((field) => ({ ...field, readBy: 'program' }) as const))
    let next = inquiry.next([])
    while (!next.done) next = inquiry.next(next.value.map(() => undefined))
    expect([next.value.absent.size, next.value.sufficient]).toEqual([0, undefined])
  })
})

it('a search that is given up has claimed nothing that does not hold', () => {
  const names = Array.from({ length: 7 }, (_, i) => `f${i}`)
  const body = Object.fromEntries(names.map((name) => [name, 1]))
  const fields = fieldsOf([[[body]]]).map((field): ReadField => ({ ...field, readBy: 'program' }))
  const groupsOf = fc.array(fc.subarray(names, { minLength: 1, maxLength: 3 }), { maxLength: 3 })
  fc.assert(
    fc.property(groupsOf, fc.integer({ min: 0, max: 80 }), (groups, most) => {
      const works = (seen: object): boolean => groups.every((group) => group.some((one) => one in seen))
      const budget = makeSearchBudget({ fields: 0, tests: 0 })
      budget.take(100 - most)
      const inquiry = prove(fields)
      let next = inquiry.next([])
      while (!next.done) {
        next = inquiry.next(
          next.value.map((question): Answer | undefined => {
            if (!budget.take(1)) return undefined
            const fine = works(bodyOf(body, question) as object)
            return { cell: '', why: '', where: fine ? [] : [0], ...(!fine && { shows: 'asserted' }) }
          }),
        )
      }
      const { sufficient, anyOf } = next.value
      const single = groups.filter(({ length }) => length === 1).map(([name]) => `/${name}`)
      expect(single).toEqual(expect.arrayContaining(needed(next.value)))
      const enough = [...needed(next.value), ...anyOf.flatMap((group) => group[0] ?? [])]
      if (sufficient?.held) expect(works(keepFields(body, enough, []) as object)).toBe(true)
      else if (budget.givenUpAfter === undefined) expect(sufficient?.held).toBe(true)
    }),
  )
})

const tree = fc.uniqueArray(fc.stringMatching(/^(?:\/[a-d]){1,4}$/), { minLength: 13, maxLength: 80 })

describe('a search', () => {
  it('finds every field that is needed by itself, whether by halves or one by one', () => {
    fc.assert(
      fc.property(
        tree.chain((pointers) => fc.record({ pointers: fc.constant(pointers), wanted: fc.subarray(pointers) })),
        ({ pointers, wanted }) => {
          const works = ({ detail }: Question): boolean => !detail.pointers?.some((one) => wanted.includes(one))
          for (const search of [searchFields, byHalves]) {
            const { found } = pursue(search('field absent', pointers), works)
            const shown = pointers.filter((pointer) => found.get(pointer)?.shows)
            expect(new Set(shown)).toEqual(new Set(wanted))
          }
        },
      ),
    )
  })

  it('takes fewer runs than there are fields where few are needed, and no more where many are', () => {
    const pointers = Array.from({ length: 100 }, (_, i) => `/f${i}`)
    const runs = (wanted: readonly string[]): number =>
      pursue(
        searchFields('field absent', pointers),
        ({ detail }) => !detail.pointers?.some((one) => wanted.includes(one)),
      ).asked
    expect(runs(['/f3', '/f77'])).toBeLessThan(40)
    expect(runs(pointers.filter((_, i) => i % 2 === 0))).toBe(100)
  })

  it('cuts between objects rather than through them', () => {
    const pointers = ['/a/1', '/a/2', '/a/3', '/a/4', '/a/5', '/b/1', '/b/2', '/b/3']
    const asked: (readonly string[] | undefined)[] = []
    pursue(byHalves('field absent', pointers), ({ detail }) => {
      asked.push(detail.pointers)
      return detail.pointers!.length < 8
    })
    expect(asked.slice(1)).toEqual([pointers.slice(0, 5), pointers.slice(5)])
  })
})

it('a map by names that are made anew is one field, and names that stay are fields of their own', () => {
  const run = (id: string): unknown[] => [{ kind: 'open', stock: { [id]: 1 }, items: [{ n: 1 }, { n: 1.5, m: null }] }]
  const fields = fieldsOf([[run('x1'), run('x2')]])
  expect(fields.map(({ pointer, types, kind }) => [pointer, types.join(), kind])).toEqual([
    ['/kind', 'string', 'leaf'],
    ['/stock', 'object', 'opaque'],
    ['/items', 'array', 'container'],
    ['/items/*', 'object', 'container'],
    ['/items/*/n', 'integer,number', 'leaf'],
    ['/items/*/m', 'null', 'leaf'],
  ])
  expect(hasField(run('x1')[0], ['/items/*/m'])).toBe(true)
})
