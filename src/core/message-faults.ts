import { crashBeforeAck } from './message-faults/crash-before-ack.ts'
import { delay } from './message-faults/delay.ts'
import { drop } from './message-faults/drop.ts'
import { duplicate } from './message-faults/duplicate.ts'
import {
  extraField,
  fieldAbsent,
  fieldEmpty,
  fieldNull,
  fieldOfAnotherType,
  onlyFields,
  unknownEnumValue,
} from './message-faults/fields.ts'
import { poison } from './message-faults/poison.ts'
import { redelivery } from './message-faults/redelivery.ts'
import { reorder } from './message-faults/reorder.ts'

/** What a broker can do to a message, by name. */
export const messageFaults: {
  readonly crashBeforeAck: typeof crashBeforeAck
  readonly delay: typeof delay
  readonly drop: typeof drop
  readonly duplicate: typeof duplicate
  readonly extraField: typeof extraField
  readonly fieldAbsent: typeof fieldAbsent
  readonly fieldEmpty: typeof fieldEmpty
  readonly fieldNull: typeof fieldNull
  readonly fieldOfAnotherType: typeof fieldOfAnotherType
  readonly onlyFields: typeof onlyFields
  readonly poison: typeof poison
  readonly redelivery: typeof redelivery
  readonly reorder: typeof reorder
  readonly unknownEnumValue: typeof unknownEnumValue
} = {
  crashBeforeAck,
  delay,
  drop,
  duplicate,
  extraField,
  fieldAbsent,
  fieldEmpty,
  fieldNull,
  fieldOfAnotherType,
  onlyFields,
  poison,
  redelivery,
  reorder,
  unknownEnumValue,
}
