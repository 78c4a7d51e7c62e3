import { createHash } from 'node:crypto'
import type { TestRef } from '../core/exchange.ts'
import type { ToldAnswer } from '../protocols/http/webhook/out-of-order.ts'

/** What a good outcome is: of an `error`, that it is dealt with; of a `corruption`, that some test fails. */
export type Family = 'error' | 'corruption'

/** Which fields of a body a cell changes: JSON Pointers, `*` for every element of an array (`/items/*`). */
export interface CellDetail {
  readonly pointers?: readonly string[]
  /** The only ones that stay. */
  readonly keep?: readonly string[]
  /** With these, and all that is inside of them. */
  readonly whole?: readonly string[]
  /** Only answers with this status are changed. */
  readonly status?: number
  /** The program was seen to read all that is changed. */
  readonly read?: true
  /** The same was run before, and somebody minded. */
  readonly again?: true
}

/** What goes wrong first, where two things do. */
export interface FirstFault {
  readonly boundary: string
  readonly operation: string
  readonly nth: number
  readonly fault: string
}

/** One test re-run with one fault at one exchange. Plain JSON. */
export interface Cell {
  /** The same for the same cell in every run. */
  readonly id: string
  readonly test: TestRef
  readonly boundary: string
  readonly protocol: string
  readonly operation: string
  /** Which exchange of that operation in the test is struck first, counted from 1. */
  readonly nth: number
  /** Name in the catalogue. */
  readonly fault: string
  readonly family: Family
  /** Of faults that change fields. Part of the id. */
  readonly detail?: CellDetail
  /** The fault without which nothing would be asked here; it is armed too. Part of the id. */
  readonly after?: FirstFault
  /** What a fault tells that says what was said in a clean run. Not part of the id. */
  readonly answered?: ToldAnswer
}

/** Completes a cell by its id. */
export function makeCell(cell: Omit<Cell, 'id'>): Cell {
  const { test, boundary, operation, nth, fault, detail, after } = cell
  const text = JSON.stringify([
    test.file,
    test.name,
    boundary,
    operation,
    nth,
    fault,
    ...(detail ? [detail] : []),
    ...(after ? [after] : []),
  ])
  return { id: createHash('sha256').update(text).digest('hex').slice(0, 10), ...cell }
}

/** The test as the journal names it while a cell of it runs, or a clean run. */
export function namedAfter({ file, name }: TestRef, id: string): TestRef {
  return { file, name: `${name} ⟦${id}⟧` }
}
