import { MortarError } from '../core/errors.ts'
import type { Notation } from '../core/protocol.ts'
import { httpNotation } from './http/notation.ts'
import { tcpNotation } from './tcp/notation.ts'

const notations: Readonly<Record<string, unknown>> = { http: httpNotation, tcp: tcpNotation }

/**
 * How the exchanges of a protocol are written. Reading a cassette needs no more of a protocol than this.
 *
 * @throws MortarError `MORTAR_CASSETTE_UNREADABLE` for a protocol that this version does not have.
 */
export function notationOf(protocol: string): Notation<unknown, unknown> {
  const notation = notations[protocol]
  if (notation !== undefined) return notation as Notation<unknown, unknown>
  throw new MortarError('MORTAR_CASSETTE_UNREADABLE', `unknown protocol \`${protocol}\``, {
    where: 'protocol',
    expected: Object.keys(notations).join(' or '),
    seen: protocol,
  })
}
