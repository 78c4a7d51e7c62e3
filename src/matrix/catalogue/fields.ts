import { httpFaults as faults } from '../../protocols/http/faults.ts'
import type { FieldFaultMatch } from '../../protocols/http/faults/change-json.ts'
import type { Aim, CatalogueFault } from '../catalogue.ts'
import type { CellDetail } from '../cell.ts'

/** Who does not send a field does not send it the next time either. */
function matchOf({ operation, nth }: Aim, { status }: CellDetail): FieldFaultMatch {
  return { operation, nth, times: Number.POSITIVE_INFINITY, ...(status !== undefined && { status }) }
}

const tolerant = 'do without what is not needed, and say what is missing otherwise'

/** Changes of single fields. They are no part of the plan of ordinary cells, as they depend on what is read. */
const changes: readonly Pick<CatalogueFault, 'name' | 'said' | 'expected' | 'arm'>[] = [
  {
    name: 'field absent',
    said: 'was answered without a field',
    expected: tolerant,
    arm: (aim, detail = {}) => faults.fieldAbsent(detail.pointers ?? [], matchOf(aim, detail)),
  },
  {
    name: 'field null',
    said: 'was answered with `null` in a field',
    expected: tolerant,
    arm: (aim, detail = {}) => faults.fieldNull(detail.pointers ?? [], matchOf(aim, detail)),
  },
  {
    name: 'field of another type',
    said: 'was answered with a field of another type',
    expected: 'check what comes in before it goes on',
    arm: (aim, detail = {}) => faults.fieldOfAnotherType(detail.pointers ?? [], matchOf(aim, detail)),
  },
  {
    name: 'field empty',
    said: 'was answered with an empty field',
    expected: 'take an empty list for none, and an empty text for nothing',
    arm: (aim, detail = {}) => faults.fieldEmpty(detail.pointers ?? [], matchOf(aim, detail)),
  },
  {
    name: 'unknown enum value',
    said: 'was answered with a word in a field that it never had there',
    expected: 'have an answer to words that are not known yet',
    arm: (aim, detail = {}) => faults.unknownEnumValue(detail.pointers ?? [], matchOf(aim, detail)),
  },
  {
    name: 'extra field',
    said: 'was answered with one field more',
    expected: 'ignore what is not known',
    arm: (aim, detail = {}) => faults.extraField(matchOf(aim, detail)),
  },
  {
    name: 'only these fields',
    said: 'was answered with the needed fields only',
    expected: tolerant,
    arm: (aim, detail = {}) =>
      faults.onlyFields(detail.keep ?? [], { ...matchOf(aim, detail), whole: detail.whole ?? [] }),
  },
]

/** What HTTP services do to single fields of their JSON. */
export const fieldFaults: readonly CatalogueFault[] = changes.map((change) => ({
  ...change,
  family: 'corruption',
  reaches: true,
  weight: 1,
  applies: () => false,
}))

/** Whether a fault changes single fields. */
export function isFieldFault(name: string): boolean {
  return changes.some((change) => change.name === name)
}
