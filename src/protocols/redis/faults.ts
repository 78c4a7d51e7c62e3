import { half, miss, stale, writeLost, wrongType } from './faults/altered.ts'
import { loading } from './faults/loading.ts'
import { moved } from './faults/moved.ts'
import { oom } from './faults/oom.ts'
import { readonly } from './faults/readonly.ts'
import { timeout } from './faults/timeout.ts'

/** What a Redis can do to its clients, by name. */
export const redisFaults: {
  readonly half: typeof half
  readonly loading: typeof loading
  readonly miss: typeof miss
  readonly moved: typeof moved
  readonly oom: typeof oom
  readonly readonly: typeof readonly
  readonly stale: typeof stale
  readonly timeout: typeof timeout
  readonly writeLost: typeof writeLost
  readonly wrongType: typeof wrongType
} = { half, loading, miss, moved, oom, readonly, stale, timeout, writeLost, wrongType }
