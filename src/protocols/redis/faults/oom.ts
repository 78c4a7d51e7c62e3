import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** A server whose `maxmemory` is used up and that may evict nothing: it refuses to write. */
export function oom(): ProtocolFault {
  return {
    name: 'redis OOM',
    match: { effect: true },
    disturbance: {
      do: 'refuse',
      error: { code: 'OOM', message: "command not allowed when used memory > 'maxmemory'." },
    },
  }
}
