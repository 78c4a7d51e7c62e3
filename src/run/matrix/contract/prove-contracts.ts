import { realNow } from '../../../core/real-clock.ts'
import type { ProvedOperation } from '../../../core/proved-contract.ts'
import { isFieldFault } from '../../../matrix/catalogue/fields.ts'
import { answersOf } from '../../../matrix/contract/answers.ts'
import { representativesAmong } from '../../../matrix/contract/choose-tests.ts'
import { prove, type Proved } from '../../../matrix/contract/prove.ts'
import { provedOperation } from '../../../matrix/contract/proved-operation.ts'
import { type Answer, type Inquiry, together } from '../../../matrix/contract/question.ts'
import { readFieldsOf, readsOf } from '../../../matrix/contract/read-fields.ts'
import { stableBaselines } from '../../../matrix/plan.ts'
import { keyOfTest } from '../../../timeline/moment.ts'
import type { Suite } from '../suite.ts'
import {
  type ContractOptions,
  type FieldCells,
  makeFieldDesk,
  type Subject,
  type SubjectQuestion,
} from './field-desk.ts'
import { traceTests } from './trace-tests.ts'

/** What was found out, and the cells that show it. */
export interface Contracts extends FieldCells {
  readonly operations: readonly ProvedOperation[]
}

/** How many tests of an operation are looked at, and how many where each cell is a process. */
const mostTests = 8
const mostProcesses = 3

/**
 * Finds out which fields of JSON answers the program needs: first it is watched what is read, then fields are changed,
 * round by round, the cells of a round for all operations together.
 */
export async function proveContracts(suite: Suite, options: ContractOptions): Promise<Contracts> {
  const { baselines, narrow = {}, until, onProgress } = options
  const nothing: Contracts = { operations: [], judged: [], planned: [], again: [], from: new Map() }
  const isOver = (): boolean => suite.signal.aborted || realNow() > (until ?? Number.POSITIVE_INFINITY)
  if (isOver() || narrow.cell !== undefined || !isFieldFault(narrow.fault ?? 'field absent')) return nothing
  const all = answersOf(stableBaselines(baselines, narrow), suite.perProcess ? mostProcesses : mostTests)
  const wanted = all.filter(({ boundary, fields }) => boundary === (narrow.boundary ?? boundary) && fields.length > 0)
  // A consumer that waits for what does not come takes its time, for each field of each message.
  const hasMessages = suite.config.matrix.messages ?? narrow.boundary !== undefined
  const classes = wanted.filter(({ protocol }) => protocol === 'http' || hasMessages)
  if (classes.length < wanted.length) {
    onProgress('fields of messages are left as they are: `matrix.messages` in the config has them changed too')
  }
  if (classes.length === 0) return nothing
  onProgress('finding out which fields of answers are needed')
  const tests = new Map(
    classes.flatMap((one) => one.tests.map(({ baseline: { test } }) => [keyOfTest(test), test] as const)),
  )
  const files = baselines.map(({ test }) => test.file)
  const traces = await traceTests(suite, [...tests.values()], files)
  const subjects = classes.map((answers): Subject => {
    const reads = answers.tests.map(({ baseline }) => readsOf(answers, traces.get(keyOfTest(baseline.test))))
    return {
      answers,
      fields: readFieldsOf(answers, reads),
      representatives: representativesAmong(answers.tests, reads),
    }
  })
  const desk = makeFieldDesk(suite, options)
  let proved: readonly Proved[]
  for (let takenBack = 0; ;) {
    const inquiries = subjects.map((subject) => about(subject, prove(subject.fields)))
    proved = await pursue(together(inquiries), desk.ask)
    const before = takenBack
    takenBack = await desk.settle()
    // What follows from what was not seen again is asked anew; the rest is known.
    if (takenBack === before) break
  }
  // Of what there was no time for nothing is said, nor where what is needed could not be seen again.
  const isCut = isOver()
  const operations = subjects.flatMap((subject, i) =>
    proved[i]!.absent.size > 0 && !(isCut && desk.isOpen(subject))
      ? [provedOperation(subject, proved[i]!, desk.givenUpAfter(subject))]
      : [],
  )
  // With one kind of change alone nothing is proved.
  return { operations: narrow.fault === undefined ? operations : [], ...desk.shown() }
}

/** An inquiry whose questions say what they are about. */
function* about<T>(subject: Subject, inquiry: Inquiry<T>): Inquiry<T, SubjectQuestion> {
  for (let next = inquiry.next([]); ;) {
    if (next.done) return next.value
    next = inquiry.next(yield next.value.map((question) => ({ ...question, subject })))
  }
}

/** Has each round of questions answered until nothing more is asked. */
async function pursue<T, Q>(inquiry: Inquiry<T, Q>, ask: (questions: readonly Q[]) => Promise<Answers>): Promise<T> {
  for (let next = inquiry.next([]); ;) {
    if (next.done) return next.value
    next = inquiry.next(await ask(next.value))
  }
}

type Answers = readonly (Answer | undefined)[]
