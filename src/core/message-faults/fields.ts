import {
  type FieldChange,
  type Pointers,
  withEmpty,
  withExtraField,
  withNull,
  withOnly,
  withOtherTypes,
  withoutFields,
  withUnknownWord,
} from '../field-changes.ts'
import { changeJsonText } from '../json-text.ts'
import type { ProtocolFault } from '../protocol-fault.ts'

/** A message whose JSON lacks fields. */
export function fieldAbsent(pointers: Pointers): ProtocolFault {
  return changing('field absent', withoutFields(pointers))
}

/** A message whose JSON has `null` in fields. */
export function fieldNull(pointers: Pointers): ProtocolFault {
  return changing('field null', withNull(pointers))
}

/** A message in whose JSON fields have another type, and no value that could be taken for theirs. */
export function fieldOfAnotherType(pointers: Pointers): ProtocolFault {
  return changing('field of another type', withOtherTypes(pointers))
}

/** A message in whose JSON texts, lists and objects are empty. */
export function fieldEmpty(pointers: Pointers): ProtocolFault {
  return changing('field empty', withEmpty(pointers))
}

/** A message in whose JSON texts are a word that nobody has heard of. */
export function unknownEnumValue(pointers: Pointers): ProtocolFault {
  return changing('unknown enum value', withUnknownWord(pointers))
}

/** A message whose JSON has one field more. */
export function extraField(): ProtocolFault {
  return changing('extra field', withExtraField)
}

/** A message with these fields only. @param options - `whole`: of these all that is inside stays too. */
export function onlyFields(
  pointers: Pointers,
  { whole = [] }: { readonly whole?: readonly string[] } = {},
): ProtocolFault {
  return changing('only these fields', withOnly(pointers, whole))
}

function changing(name: string, change: FieldChange): ProtocolFault {
  const to = (body: Uint8Array): Uint8Array | undefined => {
    const changed = changeJsonText(body, change)
    return changed === body ? undefined : changed
  }
  return { name, match: {}, disturbance: { do: 'rewrite', to } }
}
