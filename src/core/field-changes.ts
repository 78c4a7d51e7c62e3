import { changeFields, gone, isRawJson, keepFields } from './field-tree.ts'

/** JSON Pointers into a body, one or several; `*` for every element of an array: `/items/*`. */
export type Pointers = string | readonly string[]

/** What becomes of a body; the same value when there is nothing to change. */
export type FieldChange = (json: unknown) => unknown

/** Fields are not there. */
export function withoutFields(pointers: Pointers): FieldChange {
  return (json) => changeFields(json, [pointers].flat(), () => gone)
}

/** Fields are `null`. */
export function withNull(pointers: Pointers): FieldChange {
  return (json) => changeFields(json, [pointers].flat(), () => null)
}

/**
 * Fields have another type, and no value that could be taken for theirs: a number is a text that is no number, a text is
 * a number, a list is an object.
 */
export function withOtherTypes(pointers: Pointers): FieldChange {
  return (json) => changeFields(json, [pointers].flat(), ofAnotherType)
}

/** Texts, lists and objects are empty. */
export function withEmpty(pointers: Pointers): FieldChange {
  return (json) => changeFields(json, [pointers].flat(), emptied)
}

/** Texts are a word that nobody has heard of. */
export function withUnknownWord(pointers: Pointers): FieldChange {
  return (json) =>
    changeFields(json, [pointers].flat(), (value) => {
      if (typeof value !== 'string') return value
      return value === value.toUpperCase() ? 'UNHEARD_OF' : 'unheard_of'
    })
}

/** The body, or each object of a list, has one more field. */
export const withExtraField: FieldChange = (value) =>
  Array.isArray(value)
    ? value.map(withExtraField)
    : typeof value === 'object' && value !== null
      ? { ...value, unheard_of: 'extra' }
      : value

/**
 * Only these fields are there, with the objects and lists on their way. Of an object or a list only the empty shell
 * stays.
 *
 * @param whole - Of these all that is inside stays too.
 */
export function withOnly(pointers: Pointers, whole: readonly string[] = []): FieldChange {
  return (json) => keepFields(json, [pointers].flat(), whole)
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
