import type { FieldProof, ProvedExample, ProvedField, ProvedOperation } from '../../src/core/proved-contract.ts'

/** What became of one change to a field: `needed`, `tolerated`, or left out: not tried. */
export type Outcome = 'needed' | 'tolerated'

/** Puts a field together. */
export function field(
  pointer: string,
  types: readonly string[],
  outcomes: { readonly absent?: Outcome; readonly null?: Outcome; readonly wrongType?: Outcome } = {},
  more: Partial<ProvedField> = {},
): ProvedField {
  const proof = (change: string, outcome: Outcome | undefined): FieldProof | undefined =>
    outcome && { cell: `${change}${pointer}`, needed: outcome === 'needed', why: 'the test failed' }
  const absent = proof('absent', outcomes.absent)
  const asNull = proof('null', outcomes.null)
  const wrongType = proof('wrong', outcomes.wrongType)
  return {
    pointer,
    types,
    readBy: 'program',
    grade: Object.values(outcomes).includes('needed') ? 'asserted' : 'read',
    ...(absent && { absent }),
    ...(asNull && { null: asNull }),
    ...(wrongType && { wrongType }),
    ...more,
  }
}

/** Puts an operation together: `GET /thing` answered with `body`. */
export function proved(
  body: unknown,
  fields: readonly ProvedField[],
  { example, ...more }: Partial<Omit<ProvedOperation, 'example'>> & { readonly example?: Partial<ProvedExample> } = {},
): ProvedOperation {
  return {
    boundary: 'things',
    operation: 'GET /thing',
    status: 200,
    contentType: 'application/json',
    fields,
    anyOf: [],
    sufficient: { cell: 'only', held: true },
    tests: [{ file: 'thing.test.ts', name: 'shows a thing' }],
    ...more,
    example: {
      method: 'GET',
      path: '/thing',
      query: '',
      requestHeaders: [['accept', 'application/json']],
      requestBody: '',
      responseHeaders: [['content-type', 'application/json']],
      responseBody: body,
      ...example,
    },
  }
}
