import { parsePointer } from '../../core/json-pointer.ts'
import { type Answer, type Inquiry, type Question, together } from './question.ts'

/** What the change of each field has led to; a field that could not be tried is not in it. */
export type Answers = ReadonlyMap<string, Answer>

/** So few are tried one by one, whatever comes of them. */
const fewFields = 12

/** How many are tried to see how many of all are needed, and the share below which halving takes fewer runs. */
const sampleSize = 8
const sparseShare = 0.2

/** In which tests. */
export type Scope = Pick<Question, 'where'>

/** Changes every field: one by one or, where few are needed, by halves. */
export function* searchFields(fault: string, pointers: readonly string[], scope: Scope = {}): Inquiry<Answers> {
  if (pointers.length <= fewFields) return yield* oneByOne(fault, pointers, scope)
  const sample = pointers.filter((_, i) => i % Math.ceil(pointers.length / sampleSize) === 0)
  const rest = pointers.filter((pointer) => !sample.includes(pointer))
  const first = yield* oneByOne(fault, sample, scope)
  const needed = [...first.values()].filter(({ shows }) => shows).length
  const isSparse = needed / sample.length < sparseShare
  const others = yield* isSparse ? byHalves(fault, rest, scope) : oneByOne(fault, rest, scope)
  return new Map([...first, ...others])
}

function* oneByOne(fault: string, pointers: readonly string[], scope: Scope): Inquiry<Answers> {
  const answers = yield pointers.map((pointer) => ({ fault, detail: { pointers: [pointer] }, ...scope }))
  return new Map(pointers.flatMap((pointer, i) => (answers[i] ? [[pointer, answers[i]]] : [])))
}

/**
 * Changes all fields at once, and halves of them for as long as somebody minds.
 *
 * @param pointers - In document order.
 */
export function* byHalves(fault: string, pointers: readonly string[], scope: Scope = {}): Inquiry<Answers> {
  if (pointers.length === 0) return new Map()
  const [answer] = yield [{ fault, detail: { pointers }, ...scope }]
  if (!answer) return new Map()
  if (!answer.shows || pointers.length === 1) return new Map(pointers.map((pointer) => [pointer, answer]))
  const at = middleOf(pointers)
  const [left, right] = [pointers.slice(0, at), pointers.slice(at)]
  const halves = yield* together([byHalves(fault, left, scope), byHalves(fault, right, scope)])
  return new Map(halves.flatMap((half) => [...half]))
}

/** Near the middle, where the least is cut in two: what is needed together often stands together. */
function middleOf(pointers: readonly string[]): number {
  const middle = pointers.length / 2
  const places = pointers.keys().filter((at) => at >= Math.max(1, middle / 2) && at <= Math.ceil(middle * 1.5))
  const cost = (at: number): number =>
    shared(pointers[at - 1]!, pointers[at]!) * pointers.length + Math.abs(at - middle)
  return [...places].toSorted((a, b) => cost(a) - cost(b))[0]!
}

/** How many objects two fields have in common. */
function shared(a: string, b: string): number {
  const other = parsePointer(b)
  const differs = parsePointer(a).findIndex((name, i) => name !== other[i])
  return differs < 0 ? other.length : differs
}
