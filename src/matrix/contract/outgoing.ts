import type { Moment } from '../../timeline/moment.ts'
import type { Baseline } from '../baseline.ts'
import type { Observation } from '../observation.ts'
import { type Parts, type Question, questionsIn } from './asked-parts.ts'
import { formOf, isMadeAnew } from './made-anew.ts'

/**
 * What the program asked of other services otherwise than in clean runs: more or fewer questions of one kind, or other
 * values in them. What differs between clean runs, and what looks as if it were made anew each time, is compared by its
 * form only. Which of several questions of a kind comes first says something only where one thing is done at a time.
 *
 * @returns In words, `undefined` when there is nothing.
 */
export function differenceIn({ runs }: Baseline, observation: Observation): string | undefined {
  const clean = runs.map(questionsIn)
  const faulted = questionsIn(observation)
  const isOrdered = [...clean, faulted].every(isOneByOne)
  // In an order that chance has no part in.
  const kinds = new Set([...clean.flatMap((run) => [...run.keys()]), ...faulted.keys()])
  for (const kind of [...kinds].toSorted()) {
    const usual = clean.map((run) => run.get(kind) ?? [])
    const now = faulted.get(kind) ?? []
    const [first] = usual
    // How often it is asked depends on chance.
    if (usual.some(({ length }) => length !== first!.length)) continue
    if (now.length !== first!.length) return `${kind} was asked ${now.length} times instead of ${first!.length}`
    const other = otherPart(
      usual.map((run) => run.map(({ parts }) => parts)),
      now.map(({ parts }) => parts),
    )
    if (other !== undefined) return `${kind} was asked with another ${other}`
    if (isOrdered && isReordered(usual, now)) return `${kind} was asked in another order`
  }
  return undefined
}

/** The first part in which a question differs from all that is usual, whatever their order. */
function otherPart(usual: readonly (readonly Parts[])[], now: readonly Parts[]): string | undefined {
  const plain = plainWords(usual)
  const asked = now.map(plain).toSorted(byText)
  const before = usual.map((run) => run.map(plain).toSorted(byText))
  if (before.some((run) => run.every(({ text }, i) => text === asked[i]!.text))) return undefined
  const [closest] = before.toSorted((a, b) => left(asked, a).length - left(asked, b).length)
  const [mine] = left(asked, closest!)
  const [theirs] = left(closest!, asked)
  const names = new Set([...mine!.words.keys(), ...theirs!.words.keys()])
  return [...names].find((name) => mine!.words.get(name) !== theirs!.words.get(name))
}

/** A question in words that are equal for what counts as equal. */
interface Plain {
  readonly words: Parts
  readonly text: string
}

/** How to put a question into such words: values that are another one each time are told by their form only. */
function plainWords(usual: readonly (readonly Parts[])[]): (parts: Parts) => Plain {
  const loose = new Set<string>()
  const known = new Map<string, ReadonlySet<string>>()
  const names = new Set(usual.flat().flatMap((parts) => [...parts.keys()]))
  for (const name of names) {
    const values = usual.map((run) => run.flatMap((parts) => parts.get(name) ?? []).toSorted())
    known.set(name, new Set(values.flat()))
    if (values.some((some) => some.join('\0') !== values[0]!.join('\0'))) loose.add(name)
  }
  const isAnew = (value: string): boolean => isMadeAnew(value, usual.length)
  const wordOf = (name: string, value: string): string => {
    const values = known.get(name) ?? new Set()
    const isLoose = loose.has(name) || isAnew(value) || (!values.has(value) && [...values].some(isAnew))
    return isLoose ? `any ${formOf(value)}` : value
  }
  return (parts) => {
    const words = new Map([...parts].map(([name, value]) => [name, wordOf(name, value)]))
    return { words, text: JSON.stringify([...words].toSorted(([a], [b]) => (a < b ? -1 : 1))) }
  }
}

function byText(a: Plain, b: Plain): number {
  return a.text < b.text ? -1 : Number(a.text > b.text)
}

/** What is in one list and not in the other, each as often. */
function left(some: readonly Plain[], others: readonly Plain[]): readonly Plain[] {
  const counts = new Map<string, number>()
  for (const { text } of others) counts.set(text, (counts.get(text) ?? 0) + 1)
  return some.filter(({ text }) => {
    const count = counts.get(text) ?? 0
    counts.set(text, count - 1)
    return count <= 0
  })
}

/** Where the program does one thing at a time, what it asks comes in the order it wants. */
function isReordered(usual: readonly (readonly Question[])[], now: readonly Question[]): boolean {
  const plain = plainWords(usual.map((run) => run.map(({ parts }) => parts)))
  const orderOf = (run: readonly Question[]): string => run.map(({ parts }) => plain(parts).text).join('\n')
  const [order, ...others] = usual.map(orderOf)
  return others.every((one) => one === order) && orderOf(now) !== order
}

/** Nothing was asked while something else was not yet answered. */
function isOneByOne(run: ReadonlyMap<string, readonly Question[]>): boolean {
  const moments: readonly Moment[] = [...run.values()].flatMap((some) => some.map(({ moment }) => moment))
  const sorted = moments.toSorted((a, b) => a.asked - b.asked)
  return sorted.every(({ asked }, i) => i === 0 || sorted[i - 1]!.answered < asked)
}
