import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** What a client sees whose primary has become a replica: it can read, and not write. */
export function readonly(): ProtocolFault {
  return {
    name: 'redis READONLY',
    match: { effect: true },
    disturbance: {
      do: 'refuse',
      error: { code: 'READONLY', message: "You can't write against a read only replica." },
    },
  }
}
