import type { BenchExchange } from '../exchanges.ts'

/** What a subject is given. */
export interface SubjectInput {
  readonly exchanges: readonly BenchExchange[]
  readonly origin: string
}

/** A subject that answers; `fetch` where it only answers its own. */
export interface OpenedSubject {
  readonly fetch?: typeof globalThis.fetch
  close?(): void | Promise<void>
}

/** Every file of this folder exports `open`. */
export interface Subject {
  open(input: SubjectInput): OpenedSubject | Promise<OpenedSubject>
}
