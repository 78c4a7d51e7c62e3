import type { Duplex } from 'node:stream'
import type { Peer } from '../../core/peer.ts'
import type { Connect } from '../../core/protocol.ts'
import { dialHttp1 } from './dial-http1.ts'
import type { HttpQuestion, HttpReply } from './message.ts'

/**
 * Asks a service over the version of HTTP that it negotiates. Trouble with the service is an answer, not an error.
 *
 * @param timeoutMs - How long the service may take until its next byte.
 */
export function createDial(timeoutMs: number): (connect: Connect) => Peer<HttpQuestion, HttpReply> {
  return (connect) => dialHttp1(connect as () => Promise<Duplex>, timeoutMs)
}
