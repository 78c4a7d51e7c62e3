import { makeCase } from '../../../matrix/case.ts'
import { faultOf } from '../../../matrix/catalogue.ts'
import { type Cell, makeCell } from '../../../matrix/cell.ts'
import type { AnswerClass, AnsweredTest } from '../../../matrix/contract/answers.ts'
import { type FieldCase, judgeFields } from '../../../matrix/contract/judge-field.ts'
import type { Answer, Question } from '../../../matrix/contract/question.ts'
import type { ReadField } from '../../../matrix/contract/read-fields.ts'
import { makeSearchBudget, type SearchBudget } from '../../../matrix/contract/search-budget.ts'
import type { JudgedCell } from '../../../matrix/findings.ts'
import type { PlanOptions } from '../../../matrix/plan.ts'
import { isBad } from '../../../matrix/verdict.ts'
import { keyOfTest } from '../../../timeline/moment.ts'
import { executeCells, type ExecuteOptions } from '../execute-cells.ts'
import type { Suite } from '../suite.ts'
import { plural } from '../../wording.ts'

/** Of what is to be found out what the program needs. */
export interface ContractOptions extends Pick<ExecuteOptions, 'baselines' | 'until' | 'onProgress'> {
  readonly narrow?: PlanOptions
}

/** One class of answers, and what is known of its fields. */
export interface Subject {
  readonly answers: AnswerClass
  readonly fields: readonly ReadField[]
  /** Places of the tests that stand for the others. */
  readonly representatives: readonly number[]
}

/** A question, and of which answers it is one. */
export interface SubjectQuestion extends Question {
  readonly subject: Subject
}

/** Cells that change fields. */
export interface FieldCells {
  readonly judged: readonly JudgedCell[]
  /** All that were to be run. */
  readonly planned: readonly Cell[]
  /** The same once more, to see whether it was chance. */
  readonly again: readonly Cell[]
  /** Those that are known from an earlier matrix, and its name. */
  readonly from: ReadonlyMap<string, string>
}

/** Answers questions by running cells, each of them once, and again what somebody minds. */
export interface FieldDesk {
  /** What could not be tried has no answer. What somebody minds is run again together with what is asked next. */
  ask(questions: readonly SubjectQuestion[]): Promise<readonly (Answer | undefined)[]>
  /** Sees again what was not yet. @returns How many answers have been taken back until now. */
  settle(): Promise<number>
  /** Whether something was seen once, and could not be run again. */
  isOpen(subject: Subject): boolean
  /** After how many changes the search was given up; `undefined` when it came to its end. */
  givenUpAfter(subject: Subject): number | undefined
  shown(): FieldCells
}

/** What only shows whether tests are vigilant is tried in one of them. */
const once: ReadonlySet<string> = new Set(['extra field', 'field empty', 'unknown enum value'])

/** A cell and what it has led to. */
interface Tried {
  readonly cell: Cell
  readonly judged: JudgedCell
  readonly answer: FieldCase['answer']
  /** Whether it showed again; absent as long as that is not known. */
  again?: 'waits' | 'seen' | 'not seen' | 'not known'
}

export function makeFieldDesk(suite: Suite, { narrow = {}, baselines, until, onProgress }: ContractOptions): FieldDesk {
  const planned = new Map<string, Cell>()
  const tried = new Map<string, Tried>()
  const again = new Map<string, Cell>()
  const budgets = new Map<Subject, SearchBudget>()
  const from = new Map<string, string>()
  const byTest = new Map(baselines.map((baseline) => [keyOfTest(baseline.test), baseline]))
  let takenBack = 0
  let round = 0

  async function run(fresh: readonly Cell[]): Promise<void> {
    const waiting = [...tried.values()].filter((one) => one.again === 'waits')
    const cells = [...fresh, ...waiting.map(({ cell }) => secondOf(cell))]
    for (const cell of fresh) planned.set(cell.id, cell)
    for (const cell of cells.slice(fresh.length)) again.set(cell.id, cell)
    const ran = await executeCells(suite, { cells, baselines, until, onProgress: () => {} })
    const seen = waiting.length > 0 ? `, ${waiting.length} of them again` : ''
    const isKnown = ran.size === cells.length && [...ran.values()].every((one) => one.from !== undefined)
    if (!isKnown) onProgress(`fields, round ${++round}: ${ran.size} of ${plural(cells.length, 'change')} tried${seen}`)
    const judge = (cell: Cell): Pick<Tried, 'judged' | 'answer'> | undefined => {
      const one = ran.get(cell.id)
      if (!one) return undefined
      if (one.from !== undefined) from.set(cell.id, one.from)
      const shown = makeCase(cell, faultOf(cell)!, byTest.get(keyOfTest(cell.test))!, one.observation)
      const { judgement, answer } = judgeFields(shown)
      return { judged: { shown, judgement }, answer }
    }
    for (const cell of fresh) {
      const found = judge(cell)
      if (found) tried.set(cell.id, { cell, ...found, ...(isClaim(cell, found.answer) && { again: 'waits' }) })
    }
    for (const one of waiting) {
      const second = judge(secondOf(one.cell))
      one.again = second?.answer ? (second.answer.shows ? 'seen' : 'not seen') : 'not known'
      if (one.again !== 'seen') takenBack++
    }
  }

  /** None of what there is no room for any more: it has no answer. */
  function cellsFor(question: SubjectQuestion): readonly Cell[] {
    const { subject, fault } = question
    if ((narrow.fault ?? fault) !== fault) return []
    const { fields, representatives } = subject
    const budget = budgets.get(subject) ?? makeSearchBudget({ fields: fields.length, tests: representatives.length })
    budgets.set(subject, budget)
    const cells = cellsOf(question)
    return budget.take(cells.filter(({ id }) => !planned.has(id)).length) ? cells : []
  }

  /** One test that needs it is enough to need it; not to need it takes all of them. */
  function combined(cells: readonly Cell[], { subject: { answers } }: SubjectQuestion): Answer | undefined {
    const found = cells.map(({ id }) => answerOf(tried.get(id)))
    const shows = found.find((one) => one?.shows === 'asserted') ?? found.find((one) => one?.shows)
    const first = shows ?? (found.includes(undefined) ? undefined : found[0])
    const places = new Map(answers.tests.map(({ baseline }, i) => [keyOfTest(baseline.test), i]))
    const where = cells.flatMap(({ test }, i) => (found[i]?.shows ? [places.get(keyOfTest(test))!] : []))
    return first && { ...first, where }
  }

  return {
    async ask(questions) {
      const asked = questions.map(cellsFor)
      const fresh = new Map(asked.flat().map((cell) => [cell.id, cell]))
      for (const id of planned.keys()) fresh.delete(id)
      if (fresh.size > 0) await run([...fresh.values()])
      return asked.map((cells, i) => combined(cells, questions[i]!))
    },
    async settle() {
      if ([...tried.values()].some((one) => one.again === 'waits')) await run([])
      return takenBack
    },
    isOpen: ({ answers: { boundary, operation, status } }) =>
      [...tried.values()].some(
        ({ cell, again }) =>
          again === 'not known' &&
          cell.boundary === boundary &&
          cell.operation === operation &&
          (cell.detail?.status ?? 0) === status,
      ),
    givenUpAfter: (subject) => budgets.get(subject)?.givenUpAfter,
    shown: () => ({
      judged: judgedOf([...tried.values()]),
      planned: [...planned.values()],
      again: [...again.values()],
      from,
    }),
  }
}

/** The same cell, as it is run the second time. */
function secondOf({ test, boundary, protocol, operation, nth, fault, family, detail }: Cell): Cell {
  return makeCell({ test, boundary, protocol, operation, nth, fault, family, detail: { ...detail, again: true } })
}

/** Of several fields that are changed at once nothing is said but where to look, and not all changes prove something. */
function isClaim({ fault, detail: { pointers = [] } = {} }: Cell, answer: FieldCase['answer']): boolean {
  return answer?.shows !== undefined && pointers.length < 2 && !once.has(fault)
}

/** What was not seen again does not count, and of what could not be run again nothing is known. */
function answerOf(one: Tried | undefined): Tried['answer'] {
  if (!one?.answer || one.again === 'not known') return undefined
  if (one.again !== 'not seen') return one.answer
  return { cell: one.cell.id, why: `it was seen once and not again: ${one.answer.why}` }
}

/** One cell for each test that is meant. */
function cellsOf({ subject, fault, detail, where }: SubjectQuestion): readonly Cell[] {
  const { answers, fields, representatives } = subject
  const { boundary, protocol, operation, status, tests } = answers
  const readers = new Map(fields.map(({ pointer, readBy }) => [pointer, readBy]))
  const isRead = detail.pointers?.every((pointer) => /^(?:program|both)$/.test(readers.get(pointer) ?? '')) ?? false
  const isMeant = (place: number): boolean => {
    if (where === 'everywhere') return true
    if (where === 'elsewhere') return !representatives.includes(place)
    return (where ?? representatives).includes(place)
  }
  const meant = tests.filter((_, place) => isMeant(place))
  return (once.has(fault) ? meant.slice(0, 1) : meant).map(({ baseline: { test }, nth }: AnsweredTest) => {
    const about = { test, boundary, protocol, operation, nth, fault, family: 'corruption' } as const
    return makeCell({ ...about, detail: { ...detail, ...(status > 0 && { status }), ...(isRead && { read: true }) } })
  })
}

/** It is enough that some test notices, and what did not show again was chance. */
function judgedOf(all: readonly Tried[]): readonly JudgedCell[] {
  const changeOf = ({ cell: { boundary, operation, fault, detail } }: Tried): string =>
    JSON.stringify([boundary, operation, fault, detail])
  const isNoticed = ({ judged, again }: Tried): boolean =>
    judged.judgement.verdict === 'noticed' && again !== 'not seen'
  const noticed = new Set(all.filter(isNoticed).map(changeOf))
  return all.map((one): JudgedCell => {
    const { shown, judgement } = one.judged
    if (one.again === 'not seen' && !isBad(judgement.verdict)) {
      const what = `${judgement.what}, but not when it was run again`
      return { shown, judgement: { ...judgement, verdict: 'flaky', what } }
    }
    if (judgement.verdict !== 'suspected' || !noticed.has(changeOf(one))) return one.judged
    return { shown, judgement: { ...judgement, verdict: 'not-applicable', what: 'another test notices it' } }
  })
}
