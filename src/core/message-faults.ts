import { delay } from './message-faults/delay.ts'
import { drop } from './message-faults/drop.ts'
import { duplicate } from './message-faults/duplicate.ts'
import { poison } from './message-faults/poison.ts'
import { reorder } from './message-faults/reorder.ts'

/** What a broker can do to a message, by name. */
export const messageFaults: {
  readonly delay: typeof delay
  readonly drop: typeof drop
  readonly duplicate: typeof duplicate
  readonly poison: typeof poison
  readonly reorder: typeof reorder
} = { delay, drop, duplicate, poison, reorder }
