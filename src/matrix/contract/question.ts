import type { CellDetail } from '../cell.ts'

/** One change of all answers of a class that is to be tried. */
export interface Question {
  /** Name of a fault of fields. */
  readonly fault: string
  readonly detail: CellDetail
  /** In which tests; left out: in those that stand for the others. */
  readonly where?: Where
}

/** In all tests, in all but those that stand for them, or in those at these places. */
export type Where = 'everywhere' | 'elsewhere' | readonly number[]

/** What a change has led to. */
export interface Answer {
  /** Id of the cell that shows it. */
  readonly cell: string
  /** How it shows that the program needs what was taken; absent when it does not. */
  readonly shows?: 'asserted' | 'propagated'
  readonly why: string
  /** Places of the tests in which it shows. */
  readonly where: readonly number[]
}

/** Asks questions in rounds, for what it makes of the answers. What could not be tried has none. */
export type Inquiry<T, Q = Question> = Generator<readonly Q[], T, readonly (Answer | undefined)[]>

/** Several inquiries side by side: the questions of a round are asked together. */
export function* together<T, Q = Question>(inquiries: readonly Inquiry<T, Q>[]): Inquiry<readonly T[], Q> {
  const found: T[] = []
  let open = inquiries.map((inquiry, i) => ({ inquiry, i, next: inquiry.next([]) }))
  for (;;) {
    for (const { i, next } of open) if (next.done) found[i] = next.value
    open = open.filter(({ next }) => !next.done)
    if (open.length === 0) return found
    const asked = open.map(({ next }) => next.value as readonly Q[])
    const answers = yield asked.flat()
    let from = 0
    open = open.map(({ inquiry, i }, at) => {
      const own = answers.slice(from, (from += asked[at]!.length))
      return { inquiry, i, next: inquiry.next(own) }
    })
  }
}
