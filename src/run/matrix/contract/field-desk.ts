import { makeCase } from '../../../matrix/case.ts'
import { findFault } from '../../../matrix/catalogue.ts'
import { type Cell, makeCell } from '../../../matrix/cell.ts'
import type { AnswerClass } from '../../../matrix/contract/answers.ts'
import { type FieldCase, judgeFields } from '../../../matrix/contract/judge-field.ts'
import type { Answer, Question } from '../../../matrix/contract/question.ts'
import type { ReadField } from '../../../matrix/contract/read-fields.ts'
import type { JudgedCell } from '../../../matrix/findings.ts'
import type { PlanOptions } from '../../../matrix/plan.ts'
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
  /** Those that are known from an earlier matrix, and its name. */
  readonly from: ReadonlyMap<string, string>
}

/** Answers questions by running cells, each of them once. */
export interface FieldDesk {
  /** What could not be tried has no answer. */
  ask(questions: readonly SubjectQuestion[]): Promise<readonly (Answer | undefined)[]>
  shown(): FieldCells
}

/** What only shows whether tests are vigilant is tried in one of them. */
const once: ReadonlySet<string> = new Set(['extra field', 'field empty', 'unknown enum value'])

export function makeFieldDesk(suite: Suite, { narrow = {}, baselines, until, onProgress }: ContractOptions): FieldDesk {
  const planned = new Map<string, Cell>()
  const cases = new Map<string, FieldCase>()
  const judged: JudgedCell[] = []
  const from = new Map<string, string>()
  let round = 0

  async function run(asked: readonly Cell[]): Promise<void> {
    const cells = asked.filter(({ id }, i) => !planned.has(id) && asked.findIndex((cell) => cell.id === id) === i)
    for (const cell of cells) planned.set(cell.id, cell)
    if (cells.length === 0) return
    const ran = await executeCells(suite, { cells, baselines, until, onProgress: () => {} })
    round++
    onProgress(`fields, round ${round}: ${ran.size} of ${plural(cells.length, 'change')} tried`)
    for (const cell of cells) {
      const one = ran.get(cell.id)
      if (!one) continue
      if (one.from !== undefined) from.set(cell.id, one.from)
      const baseline = baselines.find(({ test }) => keyOfTest(test) === keyOfTest(cell.test))!
      const shown = makeCase(cell, findFault(cell.fault)!, baseline, one.observation)
      const found = judgeFields(shown)
      cases.set(cell.id, found)
      judged.push({ shown, judgement: found.judgement })
    }
  }

  /** It is enough that some test notices. */
  function settle(cells: readonly Cell[]): void {
    if (!cells.some(({ id }) => cases.get(id)?.judgement.verdict === 'noticed')) return
    for (const [i, { shown, judgement }] of judged.entries()) {
      if (judgement.verdict !== 'suspected' || !cells.some(({ id }) => id === shown.cell.id)) continue
      judged[i] = { shown, judgement: { ...judgement, verdict: 'not-applicable', what: 'another test notices it' } }
    }
  }

  return {
    async ask(questions) {
      const asked = questions.map((question) =>
        (narrow.fault ?? question.fault) === question.fault ? cellsOf(question) : [],
      )
      await run(asked.flat())
      for (const cells of asked) settle(cells)
      return asked.map((cells) => combined(cells.map(({ id }) => cases.get(id))))
    },
    shown: () => ({ judged, planned: [...planned.values()], from }),
  }
}

/** One cell for each test that is meant. */
function cellsOf({ subject: { answers, fields }, fault, detail, everywhere }: SubjectQuestion): readonly Cell[] {
  const { boundary, operation, status, tests, representatives } = answers
  const readers = new Map(fields.map(({ pointer, readBy }) => [pointer, readBy]))
  const isRead = detail.pointers?.every((pointer) => /^(?:program|both)$/.test(readers.get(pointer) ?? '')) ?? false
  const meant = tests.slice(0, once.has(fault) ? 1 : everywhere ? tests.length : representatives)
  return meant.map(({ baseline: { test }, nth }) => {
    const about = { test, boundary, protocol: 'http', operation, nth, fault, family: 'corruption' } as const
    return makeCell({ ...about, detail: { ...detail, status, ...(isRead && { read: true }) } })
  })
}

/** One test that needs it is enough to need it; not to need it takes all of them. */
function combined(cases: readonly (FieldCase | undefined)[]): Answer | undefined {
  const answers = cases.flatMap((one) => one?.answer ?? [])
  const shows = answers.find((one) => one.shows === 'asserted') ?? answers.find((one) => one.shows)
  return shows ?? (cases.includes(undefined) ? undefined : answers[0])
}
