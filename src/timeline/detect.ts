import { checkedThenInserted } from './detectors/checked-then-inserted.ts'
import { endlessRedelivery } from './detectors/endless-redelivery.ts'
import { idleInTransaction } from './detectors/idle-in-transaction.ts'
import { lostUpdate } from './detectors/lost-update.ts'
import { nPlusOne } from './detectors/n-plus-one.ts'
import { neverAcknowledged } from './detectors/never-acknowledged.ts'
import { poolExhausted } from './detectors/pool-exhausted.ts'
import { publishNotConfirmed } from './detectors/publish-not-confirmed.ts'
import { publishedTooEarly } from './detectors/published-too-early.ts'
import { repeatedEffect } from './detectors/repeated-effect.ts'
import { secondConnection } from './detectors/second-connection.ts'
import { slowStatement } from './detectors/slow-statement.ts'
import type { Detector, TimelineFinding } from './finding.ts'
import type { Timeline } from './moment.ts'

const detectors: readonly Detector[] = [
  publishedTooEarly,
  poolExhausted,
  secondConnection,
  idleInTransaction,
  neverAcknowledged,
  endlessRedelivery,
  publishNotConfirmed,
  repeatedEffect,
  lostUpdate,
  checkedThenInserted,
  nPlusOne,
  slowStatement,
]

/** All that a timeline shows by itself. */
export function detect(timeline: Timeline): readonly TimelineFinding[] {
  return detectors.flatMap((detector) => detector(timeline))
}
