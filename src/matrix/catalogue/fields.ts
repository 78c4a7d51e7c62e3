import { messageFaults } from '../../core/message-faults.ts'
import type { ProtocolFault } from '../../core/protocol-fault.ts'
import { httpFaults } from '../../protocols/http/faults.ts'
import type { FieldFaultMatch } from '../../protocols/http/faults/change-json.ts'
import type { HttpFault } from '../../protocols/http/faults/http-fault.ts'
import type { Aim, CatalogueFault } from '../catalogue.ts'
import type { CellDetail } from '../cell.ts'

const always = Number.POSITIVE_INFINITY

/** Who does not send a field does not send it the next time either. */
function matchOf({ operation, nth }: Aim, { status }: CellDetail): FieldFaultMatch {
  return { operation, nth, times: always, ...(status !== undefined && { status }) }
}

const tolerant = 'do without what is not needed, and say what is missing otherwise'

/** One change of single fields, in answers over HTTP and in messages. */
interface Change extends Pick<CatalogueFault, 'name' | 'expected'> {
  /** Goes on from `was answered` and from `came`. */
  readonly said: string
  readonly answered: (match: FieldFaultMatch, detail: CellDetail) => HttpFault
  readonly came: (detail: CellDetail) => ProtocolFault
}

const changes: readonly Change[] = [
  {
    name: 'field absent',
    said: 'without a field',
    expected: tolerant,
    answered: (match, { pointers = [] }) => httpFaults.fieldAbsent(pointers, match),
    came: ({ pointers = [] }) => messageFaults.fieldAbsent(pointers),
  },
  {
    name: 'field null',
    said: 'with `null` in a field',
    expected: tolerant,
    answered: (match, { pointers = [] }) => httpFaults.fieldNull(pointers, match),
    came: ({ pointers = [] }) => messageFaults.fieldNull(pointers),
  },
  {
    name: 'field of another type',
    said: 'with a field of another type',
    expected: 'check what comes in before it goes on',
    answered: (match, { pointers = [] }) => httpFaults.fieldOfAnotherType(pointers, match),
    came: ({ pointers = [] }) => messageFaults.fieldOfAnotherType(pointers),
  },
  {
    name: 'field empty',
    said: 'with an empty field',
    expected: 'take an empty list for none, and an empty text for nothing',
    answered: (match, { pointers = [] }) => httpFaults.fieldEmpty(pointers, match),
    came: ({ pointers = [] }) => messageFaults.fieldEmpty(pointers),
  },
  {
    name: 'unknown enum value',
    said: 'with a word in a field that it never had there',
    expected: 'have an answer to words that are not known yet',
    answered: (match, { pointers = [] }) => httpFaults.unknownEnumValue(pointers, match),
    came: ({ pointers = [] }) => messageFaults.unknownEnumValue(pointers),
  },
  {
    name: 'extra field',
    said: 'with one field more',
    expected: 'ignore what is not known',
    answered: (match) => httpFaults.extraField(match),
    came: () => messageFaults.extraField(),
  },
  {
    name: 'only these fields',
    said: 'with the needed fields only',
    expected: tolerant,
    answered: (match, { keep = [], whole = [] }) => httpFaults.onlyFields(keep, { ...match, whole }),
    came: ({ keep = [], whole = [] }) => messageFaults.onlyFields(keep, { whole }),
  },
]

/** They are no part of the plan of ordinary cells, as they depend on what is read. */
const unplanned = { family: 'corruption', reaches: true, weight: 1, applies: () => false } as const

/** What HTTP services do to single fields of their JSON. */
export const fieldFaults: readonly CatalogueFault[] = changes.map(({ name, said, expected, answered }) => ({
  ...unplanned,
  name,
  said: `was answered ${said}`,
  expected,
  arm: (aim, detail = {}) => answered(matchOf(aim, detail), detail),
}))

/** What those who publish do to single fields of their JSON. Who waits for what comes of a message waits in vain. */
export const messageFieldFaults: readonly CatalogueFault[] = changes.map(({ name, said, expected, came }) => ({
  ...unplanned,
  name,
  said: `came ${said}`,
  expected,
  spoils: true,
  // What is put back comes again as it is.
  arm: ({ operation, nth }, detail = {}) => ({ ...came(detail), match: { operation, nth, times: always } }),
}))

/** Whether a fault changes single fields. */
export function isFieldFault(name: string): boolean {
  return changes.some((change) => change.name === name)
}
