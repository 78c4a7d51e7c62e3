import { closestWord, nearestWords } from '../src/core/closest-word.ts'
import { isRecord } from '../src/core/field-tree.ts'
import { catalogue } from '../src/matrix/catalogue.ts'
import { badVerdicts } from '../src/matrix/verdict.ts'
import type { ProgramFile } from './program.ts'

const keys: readonly (keyof ProgramFile)[] = ['title', 'pattern', 'packages', 'bug']
const bugKeys: readonly (keyof NonNullable<ProgramFile['bug']>)[] = [
  'boundary',
  'operation',
  'faults',
  'verdicts',
  'oracles',
  'harm',
]

/** Name of the kind of word, all there are, and how many of the nearest are told. */
type Words = readonly [kind: string, known: readonly string[], most: number]

const faults: Words = ['fault', catalogue.map(({ name }) => name), 3]
const verdicts: Words = ['bad verdict', badVerdicts, badVerdicts.length]
const oracles: Words = ['oracle', Array.from({ length: 10 }, (_, i) => `O${i + 1}`), 10]

/** What is wrong with what a `program.json` holds, each in a few words; empty if it is a {@link ProgramFile}. */
export function complaintsOf(read: unknown): readonly string[] {
  if (!isRecord(read)) return ['it must hold an object']
  const { title, pattern, packages, bug } = read
  return [
    ...unknownKeys(read, keys, ''),
    ...(title === undefined ? ['`title` is missing'] : textAt('title', title)),
    ...(pattern === undefined ? [] : textAt('pattern', pattern)),
    ...(packages === undefined ? [] : listAt('packages', packages)),
    ...bugComplaints(bug),
  ]
}

function bugComplaints(bug: unknown): readonly string[] {
  if (bug === null) return []
  if (bug === undefined) return ['`bug` is missing; `null` says that there is none']
  if (!isRecord(bug)) return [`\`bug\` must be an object, or \`null\`, not ${shown(bug)}`]
  return [
    ...unknownKeys(bug, bugKeys, 'bug.'),
    ...['boundary', 'operation', 'harm'].flatMap((key) => textAt(`bug.${key}`, bug[key])),
    ...wordsAt('bug.faults', bug['faults'], faults),
    ...wordsAt('bug.verdicts', bug['verdicts'], verdicts),
    ...(bug['oracles'] === undefined ? [] : wordsAt('bug.oracles', bug['oracles'], oracles)),
  ]
}

function unknownKeys(read: Readonly<Record<string, unknown>>, known: readonly string[], prefix: string): string[] {
  return Object.keys(read)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const near = closestWord(key, known)
      const hint = near === undefined ? `there are ${quoted(known)}` : `did you mean \`${near}\`?`
      return `unknown key \`${prefix}${key}\`: ${hint}`
    })
}

function textAt(key: string, value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' ? [] : [`\`${key}\` must be a text, not ${shown(value)}`]
}

function listAt(key: string, value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string')
  return isList ? [] : [`\`${key}\` must be a list of texts, not ${shown(value)}`]
}

function wordsAt(key: string, value: unknown, [kind, known, most]: Words): readonly string[] {
  const [complaint] = listAt(key, value)
  if (complaint !== undefined) return [complaint]
  const words = value as readonly string[]
  if (words.length === 0) return [`\`${key}\` must not be empty`]
  return words
    .filter((word) => !known.includes(word))
    .map((word) => {
      const near = nearestWords(word, known).slice(0, most)
      const which = near.length < known.length ? 'the nearest are' : 'there are'
      return `\`${key}\` names no ${kind}: \`${word}\`; ${which} ${quoted(near)}`
    })
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
