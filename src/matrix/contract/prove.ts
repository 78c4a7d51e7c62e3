import { isWithin } from '../../core/json-pointer.ts'
import { type Answer, type Inquiry, type Question, together, type Where } from './question.ts'
import type { ReadField } from './read-fields.ts'
import { type Answers, byHalves, searchFields } from './search.ts'
import { type Enough, findEnough, keeping } from './sufficient.ts'

/** What was found out of the fields of one class of answers. */
export interface Proved extends Enough {
  readonly absent: Answers
  readonly null: Answers
  readonly wrongType: Answers
}

const absent = 'field absent'
const nullified = 'field null'
const retyped = 'field of another type'

/**
 * Finds out which fields are needed. In the tests that stand for the others what is read is changed by loss, `null` and
 * another type each, and what nobody reads is taken away at once. Then all that can be done without is changed at once,
 * in the other tests too: only where that is not enough, it is searched for more.
 */
export function* prove(all: readonly ReadField[]): Inquiry<Proved> {
  const fields = all.filter(({ isWay }) => !isWay)
  const by = Object.groupBy(fields, ({ readBy }) => readBy)
  const program = fields.filter(({ readBy }) => readBy === 'program' || readBy === 'both')
  const ways = all.filter(({ isWay }) => isWay)
  const [read, around, unread, unknown, nulls, types] = yield* together([
    searchFields(absent, pointersOf([...program, ...(by.test ?? [])])),
    searchFields(absent, pointersOf(ways)),
    byHalves(absent, pointersOf(by.nobody ?? [])),
    togetherFirst(absent, pointersOf(by.unknown ?? [])),
    searchFields(nullified, pointersNot('null', program)),
    searchFields(retyped, pointersNot('', program)),
    askOnly(program.length > 0 ? [{ fault: 'extra field', detail: {} }] : []),
  ])
  const losses = new Map([...read!, ...unread!, ...unknown!])
  const isNeeded = ({ pointer }: ReadField): boolean => losses.get(pointer)?.shows !== undefined
  // Who needs what is inside needs what is around it.
  const isImplied = (way: ReadField): boolean =>
    fields.some((field) => isNeeded(field) && isWithin(field.pointer, way.pointer))
  for (const way of ways) {
    const answer = around!.get(way.pointer)
    if (answer && !isImplied(way)) losses.set(way.pointer, answer)
  }
  const opaque = new Set(pointersOf(fields.filter(({ kind }) => kind === 'opaque')))
  const known = [...fields, ...ways].filter(isNeeded)
  const lost = ({ pointer }: ReadField): Where => losses.get(pointer)!.where
  // What is read in ways that nobody saw.
  const unseen = fields.filter((field) => isNeeded(field) && /^(?:nobody|unknown)$/.test(field.readBy))
  const [bare, otherNulls, otherTypes, unseenNulls, unseenTypes] = (yield* together<Answer | undefined | Answers>([
    askOne(keeping(pointersOf(known), { opaque, where: 'everywhere' })),
    borne(nullified, nulls!),
    borne(retyped, types!),
    wherever(nullified, unseen.filter(isNot('null')), lost),
    wherever(retyped, unseen.filter(isNot('')), lost),
    askOnly(oddQuestions(program.filter(isNeeded))),
  ])) as readonly [Answer | undefined, Answers, Answers, Answers, Answers]
  const where: Where = bare?.shows ? bare.where : 'everywhere'
  if (bare?.shows) {
    // What the tests that stand for the others can do without, these may need.
    const rest = Object.groupBy(
      [...fields, ...ways.filter((way) => !isImplied(way))].filter((field) => !isNeeded(field)),
      ({ readBy }) => (readBy === 'nobody' ? 'unread' : 'read'),
    )
    const [found, hidden] = yield* together([
      searchFields(absent, pointersOf(rest.read ?? []), { where }),
      byHalves(absent, pointersOf(rest.unread ?? []), { where }),
    ])
    for (const [pointer, answer] of [...found!, ...hidden!]) losses.set(pointer, answer)
  }
  const late = fields.filter((field) => isNeeded(field) && !known.includes(field))
  const others = fields.filter((field) => !isNeeded(field))
  const parts = {
    needed: pointersOf([...fields, ...ways].filter(isNeeded)),
    read: pointersOf(others.filter(({ readBy }) => readBy !== 'nobody')),
    unread: pointersOf(others.filter(({ readBy }) => readBy === 'nobody')),
    opaque,
    where,
  }
  const [lateNulls, lateTypes, enough] = (yield* together<Answers | Enough>([
    wherever(nullified, late.filter(isNot('null')), lost),
    wherever(retyped, late.filter(isNot('')), lost),
    findEnough(parts),
  ])) as readonly [Answers, Answers, Enough]
  return {
    absent: losses,
    null: merged(nulls!, otherNulls, unseenNulls, lateNulls),
    wrongType: merged(types!, otherTypes, unseenTypes, lateTypes),
    ...enough,
  }
}

/** One test that minds is enough, so what shows stays. */
function merged(...all: readonly Answers[]): Answers {
  const found = new Map<string, Answer>()
  for (const [pointer, answer] of all.flatMap((answers) => [...answers])) {
    if (!found.get(pointer)?.shows) found.set(pointer, answer)
  }
  return found
}

/** What was borne by the tests that stand for the others, at once in these: only what shows there is in it. */
function* borne(fault: string, answers: Answers): Inquiry<Answers> {
  const pointers = [...answers].flatMap(([pointer, { shows }]) => (shows ? [] : [pointer]))
  if (pointers.length === 0) return new Map()
  const answer = yield* askOne({ fault, detail: { pointers }, where: 'elsewhere' })
  if (!answer?.shows) return new Map()
  const found =
    pointers.length === 1
      ? new Map([[pointers[0]!, answer]])
      : yield* searchFields(fault, pointers, { where: answer.where })
  return new Map([...found].filter(([, { shows }]) => shows))
}

/** Changes each field in tests of its own. */
function* wherever(
  fault: string,
  fields: readonly ReadField[],
  whereOf: (field: ReadField) => Where,
): Inquiry<Answers> {
  const answers = yield fields.map((field) => ({ fault, detail: { pointers: [field.pointer] }, where: whereOf(field) }))
  return new Map(fields.flatMap(({ pointer }, i) => (answers[i] ? [[pointer, answers[i]]] : [])))
}

function* askOne(question: Question): Inquiry<Answer | undefined> {
  const [answer] = yield [question]
  return answer
}

/** Where one question may settle all. */
function* togetherFirst(fault: string, pointers: readonly string[]): Inquiry<Answers> {
  if (pointers.length < 2) return yield* searchFields(fault, pointers)
  const [answer] = yield [{ fault, detail: { pointers } }]
  if (!answer) return new Map()
  return answer.shows
    ? yield* searchFields(fault, pointers)
    : new Map(pointers.map((pointer) => [pointer, answer] as const))
}

function pointersOf(fields: readonly ReadField[]): readonly string[] {
  return fields.map(({ pointer }) => pointer)
}

/** Those that are not of this one type always. */
function pointersNot(type: string, fields: readonly ReadField[]): readonly string[] {
  return pointersOf(fields.filter(isNot(type)))
}

function isNot(type: string): (field: ReadField) => boolean {
  return ({ types }) => types.some((one) => one !== type)
}

/** How many fields are changed in ways that prove nothing, but that may break something. */
const mostOfAKind = 6

function oddQuestions(needed: readonly ReadField[]): readonly Question[] {
  const change = (fault: string, fields: readonly ReadField[]): readonly Question[] =>
    fields.slice(0, mostOfAKind).map(({ pointer }) => ({ fault, detail: { pointers: [pointer] } }))
  const words = needed.filter(({ isWord }) => isWord)
  return [...change('field empty', needed.filter(isEmptiable)), ...change('unknown enum value', words)]
}

function isEmptiable({ types, isWord }: ReadField): boolean {
  return !isWord && /array|string/.test(types.join())
}

function* askOnly(questions: readonly Question[]): Inquiry<Answers> {
  yield questions
  return new Map()
}
