import { changeJson, type FieldFaultMatch } from './change-json.ts'
import { changeFields, gone, isRawJson, keepFields } from './field-tree.ts'
import type { HttpFault } from './http-fault.ts'

/** JSON Pointers into the body, one or several; `*` for every element of an array: `/items/*`. */
export type Pointers = string | readonly string[]

/** Fields are not there. The service does what it is asked. */
export function fieldAbsent(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changing('field absent', pointers, match, () => gone)
}

/** Fields are `null`. The service does what it is asked. */
export function fieldNull(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changing('field null', pointers, match, () => null)
}

/**
 * Fields have another type, and no value that could be taken for theirs: a number is a text that is no number, a text is
 * a number, a list is an object. The service does what it is asked.
 */
export function fieldOfAnotherType(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changing('field of another type', pointers, match, ofAnotherType)
}

/** Texts, lists and objects are empty. The service does what it is asked. */
export function fieldEmpty(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changing('field empty', pointers, match, emptied)
}

/** Texts are a word that nobody has heard of. The service does what it is asked. */
export function unknownEnumValue(pointers: Pointers, match: FieldFaultMatch = {}): HttpFault {
  return changing('unknown enum value', pointers, match, (value) => {
    if (typeof value !== 'string') return value
    return value === value.toUpperCase() ? 'UNHEARD_OF' : 'unheard_of'
  })
}

/** The body, or each object of a list, has one more field. The service does what it is asked. */
export function extraField(match: FieldFaultMatch = {}): HttpFault {
  const extend = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(extend)
      : typeof value === 'object' && value !== null
        ? { ...value, unheard_of: 'extra' }
        : value
  return changeJson('extra field', match, extend)
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
  return changeJson('only these fields', match, (json) => keepFields(json, [pointers].flat(), whole))
}

function changing(
  name: string,
  pointers: Pointers,
  match: FieldFaultMatch,
  change: (value: unknown) => unknown,
): HttpFault {
  return changeJson(name, match, (json) => changeFields(json, [pointers].flat(), change))
}

/** A value that whoever converts what it gets does not take for the same one: "5" would do for 5. */
export function ofAnotherType(value: unknown): unknown {
  if (typeof value === 'string') return Number(value) === 1 ? 2 : 1
  if (typeof value === 'boolean') return value ? '' : 'no boolean'
  if (value === null) return 'not null'
  if (Array.isArray(value)) return {}
  return typeof value === 'object' && !isRawJson(value) ? [value] : 'no number'
}

function emptied(value: unknown): unknown {
  if (typeof value === 'string') return ''
  if (Array.isArray(value)) return value.length === 0 ? value : []
  const isEmptiable = typeof value === 'object' && value !== null && !isRawJson(value) && Object.keys(value).length > 0
  return isEmptiable ? {} : value
}
