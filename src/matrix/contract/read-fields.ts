import type { ProvedField } from '../../core/proved-contract.ts'
import { isWithin } from '../../core/json-pointer.ts'
import type { AnswerClass } from './answers.ts'
import type { BodyField } from './body-fields.ts'
import type { TracedRead } from './traced-read.ts'

/** A field, and who reads it. */
export interface ReadField extends BodyField {
  readonly readBy: ProvedField['readBy']
  /** An object that is only gone through to what is inside. */
  readonly isWay?: true
}

/** What was read of these answers. */
export function readsOf(
  { boundary, operation, status }: AnswerClass,
  trace: readonly TracedRead[] | undefined,
): readonly TracedRead[] | undefined {
  return trace?.filter((read) => read.boundary === boundary && read.operation === operation && read.status === status)
}

/**
 * The fields of answers that are worth looking at one by one: leaves, the objects and arrays that were read as a whole,
 * or of which nothing inside was, and those on the way to what was read.
 *
 * @param traces - Of each test of the answers what was read of them; `undefined` where that could not be watched.
 */
export function readFieldsOf(
  { fields }: AnswerClass,
  traces: readonly (readonly TracedRead[] | undefined)[],
): readonly ReadField[] {
  const reads = traces.flatMap((trace) => trace ?? [])
  // What is read in ways that cannot be watched is not read by nobody.
  const isKnown = reads.length > 0 && traces.every((trace) => trace !== undefined)
  return fields.flatMap((field): ReadField[] => {
    const { pointer, kind, types } = field
    const isMeant = ({ pointer: read, whole }: TracedRead): boolean => {
      if (kind === 'leaf') return read === pointer
      return kind === 'opaque' ? isWithin(read, pointer) : read === pointer && whole === true
    }
    const readers = new Set(reads.filter(isMeant).map(({ by }) => by))
    if (kind === 'container' && readers.size === 0) {
      if (!isKnown && types.includes('array')) return [{ ...field, readBy: 'unknown' }]
      const got = reads.filter((read) => read.pointer === pointer)
      if (got.length === 0) return []
      for (const { by } of got) readers.add(by)
      const isWay = reads.some((read) => isWithin(read.pointer, pointer) && read.pointer !== pointer)
      if (isWay) return [{ ...field, readBy: readersName(readers, isKnown), isWay }]
    }
    return [{ ...field, readBy: readersName(readers, isKnown) }]
  })
}

function readersName(readers: ReadonlySet<TracedRead['by']>, isKnown: boolean): ReadField['readBy'] {
  if (readers.size === 2) return 'both'
  const [only] = readers
  return only ?? (isKnown ? 'nobody' : 'unknown')
}
