import fc from 'fast-check'
import type { ProvedField, ProvedOperation } from '../../src/core/proved-contract.ts'
import { ofAnotherType } from '../../src/core/field-changes.ts'
import { field, type Outcome, proved } from './proved.ts'

const scalars = { string: 'a', integer: 3, number: 2.5, boolean: false, null: null } as const
const name = fc.constantFrom('id', 'a b', 'a.b', '@type', '$ref', '*', 'a/b', 'a~b', '0', 'x]', 'naïve')
const outcome = fc.constantFrom<Outcome>('needed', 'tolerated')
const leaf = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...(Object.keys(scalars) as (keyof typeof scalars)[])), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .chain(([types]) =>
    fc.record({
      types: fc.constant(types),
      at: fc.constantFrom(...types),
      absent: outcome,
      null: fc
        .constant<Outcome>('tolerated')
        .chain((tolerated) => (types.includes('null') ? fc.constant(tolerated) : outcome)),
      wrongType: outcome,
    }),
  )

type Leaf = typeof leaf extends fc.Arbitrary<infer T> ? T : never
type Tree = Leaf | { readonly of: Readonly<Record<string, Tree>> } | { readonly each: Tree }

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ of: fc.dictionary(name, tie('tree'), { minKeys: 1, maxKeys: 3 }) }),
    fc.record({ each: tie('tree') }),
  ),
}))

/** An answer of any shape, some of whose leaves are needed in one way or another. */
export const someContract: fc.Arbitrary<ProvedOperation> = fc
  .dictionary(name, tree, { minKeys: 1, maxKeys: 4 })
  .map((of) => proved(bodyOf({ of }), fieldsOf({ of }, '')))

function bodyOf(shape: Tree): unknown {
  if ('of' in shape) return Object.fromEntries(Object.entries(shape.of).map(([key, one]) => [key, bodyOf(one)]))
  if ('each' in shape) return [bodyOf(shape.each), bodyOf(shape.each)]
  return scalars[shape.at]
}

function fieldsOf(shape: Tree, at: string): readonly ProvedField[] {
  if ('of' in shape) {
    return Object.entries(shape.of).flatMap(([key, one]) =>
      fieldsOf(one, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    )
  }
  if ('each' in shape) return fieldsOf(shape.each, `${at}/*`)
  const { types, absent, null: asNull, wrongType } = shape
  return [field(at, types, { absent, null: asNull, wrongType })]
}

/** One thing that goes wrong with one field. */
export interface Change {
  readonly pointer: string
  readonly kind: 'absent' | 'null' | 'wrongType'
  readonly needed: boolean
  readonly body: unknown
}

/**
 * Every change whose outcome the contract knows. Elements of arrays are never absent, and a type that was recorded is
 * no other one.
 */
export function changesTo({ fields, example }: ProvedOperation): readonly Change[] {
  return fields.flatMap((one) =>
    (['absent', 'null', 'wrongType'] as const).flatMap((kind): Change[] => {
      const { pointer } = one
      if (kind === 'absent' && pointer.endsWith('/*')) return []
      const steps = pointer
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
      const { needed } = one[kind]!
      let isRecorded = false
      const body = changed(example.responseBody, steps, (value) => {
        if (kind !== 'wrongType') return kind === 'null' ? null : undefined
        const wrong = ofAnotherType(value)
        isRecorded = one.types.some((type) => type === typeof wrong || (type === 'integer' && wrong === 1))
        return wrong
      })
      return needed && isRecorded ? [] : [{ pointer, kind, needed, body }]
    }),
  )
}

function changed(value: unknown, [step, ...rest]: readonly string[], put: (value: unknown) => unknown): unknown {
  if (step === undefined) return put(value)
  if (Array.isArray(value)) return value.map((one) => changed(one, rest, put))
  const entries = Object.entries(value as object).flatMap(([key, one]): [string, unknown][] => {
    if (key !== step) return [[key, one]]
    const now = changed(one, rest, put)
    return now === undefined ? [] : [[key, now]]
  })
  return Object.fromEntries(entries)
}
