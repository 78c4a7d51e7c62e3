import {
  type Pointers,
  withEmpty,
  withExtraField,
  withNull,
  withOnly,
  withOtherTypes,
  withoutFields,
  withUnknownWord,
} from '../../../core/field-changes.ts'
import { changeJson, type FieldFaultMatch } from './change-json.ts'
import type { HttpFault } from './http-fault.ts'

/** Fields are not there. The service does what it is asked. */
export function fieldAbsent(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changeJson('field absent', match, withoutFields(pointers))
}

/** Fields are `null`. The service does what it is asked. */
export function fieldNull(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changeJson('field null', match, withNull(pointers))
}

/**
 * Fields have another type, and no value that could be taken for theirs: a number is a text that is no number, a text is
 * a number, a list is an object. The service does what it is asked.
 */
export function fieldOfAnotherType(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changeJson('field of another type', match, withOtherTypes(pointers))
}

/** Texts, lists and objects are empty. The service does what it is asked. */
export function fieldEmpty(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changeJson('field empty', match, withEmpty(pointers))
}

/** Texts are a word that nobody has heard of. The service does what it is asked. */
export function unknownEnumValue(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changeJson('unknown enum value', match, withUnknownWord(pointers))
}

/** The body, or each object of a list, has one more field. The service does what it is asked. */
export function extraField(match: FieldFaultMatch = {}): HttpFault {
  return changeJson('extra field', match, withExtraField)
}

/**
 * Only these fields are there, with the objects and lists on their way. The service does what it is asked.
 *
 * @param pointers - Of an object or a list only the empty shell stays.
 * @param options - `whole`: of these all that is inside stays too.
 */
export function onlyFields(
  pointers: Pointers,
  { whole = [], ...match }: FieldFaultMatch & { readonly whole?: readonly string[] } = {},
): HttpFault {
  return changeJson('only these fields', match, withOnly(pointers, whole))
}
