import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** Texts: what else a key may hold has commands of its own. */
const reads = /^(?:GET|GETEX|MGET|HGET|HMGET)\b/

/** What was there is not there any more: it was evicted, or its time is over. */
export function miss(): ProtocolFault {
  return { name: 'redis miss', match: { operation: reads }, disturbance: { do: 'alter', to: 'nothing' } }
}

/** Of what was there only the first half is left. */
export function half(): ProtocolFault {
  return { name: 'redis half a value', match: { operation: reads }, disturbance: { do: 'alter', to: 'half' } }
}

/** It is as it was before: whoever has changed it since has not told the cache. */
export function stale(text: string): ProtocolFault {
  return {
    name: 'redis stale value',
    match: { operation: /^GET\b/ },
    disturbance: { do: 'alter', to: 'another', text },
  }
}

/** A write is acknowledged and lost, as when a primary fails before its replica has it. */
export function writeLost(): ProtocolFault {
  return { name: 'redis write lost', match: { effect: true }, disturbance: { do: 'alter', to: 'pretended' } }
}

/** The key holds something of another type. */
export function wrongType(): ProtocolFault {
  const message = 'Operation against a key holding the wrong kind of value'
  return { name: 'redis WRONGTYPE', match: {}, disturbance: { do: 'refuse', error: { code: 'WRONGTYPE', message } } }
}
