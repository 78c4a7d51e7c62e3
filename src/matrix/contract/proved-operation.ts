import type { FieldProof, ProvedField, ProvedOperation } from '../../core/proved-contract.ts'
import type { AnswerClass } from './answers.ts'
import type { Proved } from './prove.ts'
import type { Answer } from './question.ts'
import type { ReadField } from './read-fields.ts'

/**
 * Puts what was found out of one class of answers into the form in which it is kept.
 *
 * @param givenUpAfter - How many changes were tried until the search was given up.
 */
export function provedOperation(
  { answers, fields }: { readonly answers: AnswerClass; readonly fields: readonly ReadField[] },
  proved: Proved,
  givenUpAfter: number | undefined,
): ProvedOperation {
  const { boundary, operation, status, contentType, example, tests } = answers
  const isDispensable = ({ isWay, pointer }: ReadField): boolean =>
    isWay === true && proved.absent.has(pointer) && proved.absent.get(pointer)!.shows === undefined
  const dispensable = fields.filter(isDispensable).map(({ pointer }) => pointer)
  return {
    boundary,
    operation,
    status,
    contentType,
    example,
    fields: fields
      .filter(({ pointer, isWay }) => !isWay || proved.absent.get(pointer)?.shows !== undefined)
      .map((field) => provedField(field, proved)),
    ...(dispensable.length > 0 && { dispensable }),
    anyOf: proved.anyOf,
    sufficient: proved.sufficient,
    ...(givenUpAfter !== undefined && { givenUpAfter }),
    tests: tests.map(({ baseline }) => baseline.test),
  }
}

/** Of the fields that the program reads, how many are proved to be needed. */
export function coverageOf(operations: readonly ProvedOperation[]): { readonly good: number; readonly of: number } {
  const read = operations.flatMap(({ fields }) =>
    fields.filter(({ readBy, grade }) => readBy !== 'test' && grade !== 'unread'),
  )
  return { good: read.filter(({ grade }) => grade !== 'read').length, of: read.length }
}

function provedField({ pointer, types, readBy }: ReadField, proved: Proved): ProvedField {
  const { absent, null: nulls, wrongType, anyOf, loss } = proved
  const own = { absent: absent.get(pointer), null: nulls.get(pointer), wrongType: wrongType.get(pointer) }
  const isSubstitute = anyOf.some((group) => group.flat().includes(pointer))
  const losses = [...Object.values(own), ...(isSubstitute ? [loss] : [])]
  const shown = new Set(losses.flatMap((answer) => answer?.shows ?? []))
  const isNeeded = own.absent?.shows !== undefined
  // Whoever could not be seen reading it cannot do without it.
  const seen = readBy === 'nobody' && isNeeded ? 'unknown' : readBy
  return {
    pointer,
    types,
    readBy: seen,
    grade: shown.has('asserted')
      ? 'asserted'
      : shown.has('propagated')
        ? 'propagated'
        : seen === 'nobody' || (seen === 'unknown' && own.absent !== undefined)
          ? 'unread'
          : 'read',
    ...(own.absent && { absent: proofOf(own.absent) }),
    ...(own.null && { null: proofOf(own.null) }),
    ...(own.wrongType && { wrongType: proofOf(own.wrongType) }),
  }
}

function proofOf({ cell, shows, why }: Answer): FieldProof {
  return { cell, needed: shows !== undefined, why }
}
