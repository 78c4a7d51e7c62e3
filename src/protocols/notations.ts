import { MortarError } from '../core/errors.ts'
import type { Notation } from '../core/protocol.ts'
import { httpNotation } from './http/notation.ts'
import { tcpNotation } from './tcp/notation.ts'
import { type WireName, wires } from './wires.ts'

const notations = new Map<string, unknown>([
  ['http', httpNotation],
  ['tcp', tcpNotation],
  ['webhook', httpNotation],
])

/**
 * How the exchanges of a protocol are written. Reading a cassette needs no more of a protocol than this.
 *
 * @throws MortarError `MORTAR_CASSETTE_UNREADABLE` for a protocol that this version does not have, or whose notation
 *   is not loaded
 */
export function notationOf(protocol: string): Notation<unknown, unknown> {
  const notation = notations.get(protocol)
  if (notation !== undefined) return notation as Notation<unknown, unknown>
  const known = Object.hasOwn(wires, protocol)
  throw new MortarError('MORTAR_CASSETTE_UNREADABLE', `${known ? 'undeclared' : 'unknown'} protocol \`${protocol}\``, {
    where: 'protocol',
    expected: [...notations.keys()].join(' or '),
    seen: protocol,
    ...(known && { hint: 'Declare its boundary in the config.' }),
  })
}

/** Loads the notations of wires, which most runs have no use for. Names that are no wires are passed over. */
export async function loadNotations(protocols: Iterable<string>): Promise<void> {
  await Promise.all(
    [...new Set(protocols)].map(async (name) => {
      if (notations.has(name) || !Object.hasOwn(wires, name)) return
      notations.set(name, (await wires[name as WireName]()).notation)
    }),
  )
}
