import fc from 'fast-check'
import { expect, test as always } from 'vitest'
import { makeSchema } from '../../src/contracts/json-schema.ts'
import type { ProvedOperation } from '../../src/core/proved-contract.ts'
import { optionalPackage } from '../support/optional-package.ts'
import { field, proved } from './proved.ts'
import { changesTo, someContract } from './some-contract.ts'

const parties = { consumer: 'shop', provider: 'things' }

/** The parts of ajv that are used. */
interface Ajv {
  addSchema(schema: unknown, name: string): void
  getSchema(name: string): ((value: unknown) => unknown) | undefined
}

const ajvPackage = optionalPackage('ajv/dist/2020.js') as { readonly Ajv2020: new (options: object) => Ajv } | undefined
const test = always.skipIf(!ajvPackage)

/** Compiles the definition of one operation, with everything that ajv is strict about. */
function validator(operation: ProvedOperation): (body: unknown) => boolean {
  const ajv = new ajvPackage!.Ajv2020({ strict: true, allowUnionTypes: true })
  ajv.addSchema(makeSchema([operation], parties), 'contract')
  const key = `${operation.operation} ${operation.status}`.replaceAll('/', '~1').replaceAll('{', '%7B')
  const validate = ajv.getSchema(`contract#/$defs/${encodeURI(key)}`)!
  return (body) => validate(body) as boolean
}

test('a schema takes the recorded answer, and of every change what the program tolerates, and nothing else', () => {
  fc.assert(
    fc.property(someContract, (operation) => {
      const takes = validator(operation)
      expect(takes(operation.example.responseBody)).toBe(true)
      for (const { pointer, kind, needed, body } of changesTo(operation)) {
        expect(takes(body), `${pointer} ${kind}`).toBe(!needed)
      }
    }),
    { numRuns: 200 },
  )
})

test('a schema says of alternatives that any one is enough, and that null is none', () => {
  const tolerated = { absent: 'tolerated', null: 'tolerated', wrongType: 'tolerated' } as const
  const takes = validator(
    proved(
      { name: 'Ada', login: 'ada', first: 'A', last: 'L' },
      ['/name', '/login', '/first', '/last'].map((pointer) => field(pointer, ['string'], tolerated)),
      { anyOf: [[['/name'], ['/login'], ['/first', '/last']]] },
    ),
  )
  expect(takes({ login: 'ada' })).toBe(true)
  expect(takes({ first: 'A', last: 'L' })).toBe(true)
  expect(takes({ first: 'A' })).toBe(false)
  expect(takes({ name: null })).toBe(false)
})

test('what only tests read is no need, and is said to be theirs', () => {
  const operation = proved({ id: 1, at: 2 }, [
    field('/id', ['integer'], { absent: 'needed' }),
    field('/at', ['integer'], { absent: 'needed' }, { readBy: 'test' }),
  ])
  expect(validator(operation)({ id: 1 })).toBe(true)
  expect(JSON.stringify(makeSchema([operation], parties))).toContain('Read by tests alone: /at.')
})

always('each definition names the tests it holds for and the cells that show it', () => {
  const operation = proved({ id: 1 }, [field('/id', ['integer'], { absent: 'needed', null: 'tolerated' })])
  const { $defs } = makeSchema([operation], parties) as { readonly $defs: Readonly<Record<string, unknown>> }
  expect($defs['GET /thing 200']).toEqual({
    $comment:
      'Proved for these tests, and no others: thing.test.ts > shows a thing. An answer with nothing else is enough: cell only.',
    type: 'object',
    properties: {
      id: {
        $comment:
          'asserted, read by program: without it the test failed (cell absent/id); with null in its place all goes well (cell null/id)',
        type: ['integer', 'null'],
      },
    },
    required: ['id'],
  })
})

always('of types no more is said than what was recorded and what was tried', () => {
  const body = { rate: 1.5, name: 'a', isOpen: true, tags: [], of: {} }
  const tolerated = { absent: 'needed', wrongType: 'tolerated' } as const
  const operation = proved(body, [
    field('/rate', ['number'], tolerated),
    field('/name', ['string'], tolerated),
    field('/isOpen', ['boolean'], { ...tolerated, null: 'tolerated' }),
    field('/tags', ['array'], tolerated),
    field('/of', ['object'], tolerated),
  ])
  const { $defs } = makeSchema([operation], parties) as { readonly $defs: Readonly<Record<string, unknown>> }
  expect($defs['GET /thing 200']).toMatchObject({
    properties: {
      rate: {
        $comment:
          'asserted, read by program: without it the test failed (cell absent/rate); as string all goes well (cell wrong/rate)',
        type: ['number', 'string'],
      },
      name: { type: ['string', 'integer'] },
      isOpen: { type: ['boolean', 'null', 'string'] },
      tags: { type: ['array', 'object'] },
      of: { type: ['object', 'array'] },
    },
  })
})

always('a search that was given up says so', () => {
  const schema = JSON.stringify(makeSchema([proved({ id: 1 }, [], { givenUpAfter: 180 })], parties))
  expect(schema).toContain('The search was given up after 180 changes, so more may be needed than is said here.')
  expect(JSON.stringify(makeSchema([proved({ id: 1 }, [])], parties))).not.toContain('given up')
})
