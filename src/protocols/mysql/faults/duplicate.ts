import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { refusal } from '../refusal.ts'

/** Which key is said to be taken. */
export interface DuplicateOptions {
  /** Default `?`. */
  readonly entry?: string
  /** Default `PRIMARY`. */
  readonly key?: string
}

/** 1062: somebody else has inserted the same key. */
export function duplicate({ entry = '?', key = 'PRIMARY' }: DuplicateOptions = {}): ProtocolFault {
  return {
    name: 'mysql 1062 duplicate entry',
    match: { effect: true },
    disturbance: refusal(1062, `Duplicate entry '${entry}' for key '${key}'`),
  }
}
