import type { Content, Protocol } from '../../core/protocol.ts'
import { dialTcp } from './dial.ts'
import { listenForBytes } from './listen.ts'
import type { TcpQuestion, TcpReply } from './message.ts'
import { tcpNotation } from './notation.ts'
import { outcomeOf } from './outcome.ts'
import { redactTcp } from './redact.ts'
import { serveTcp } from './serve.ts'

/** Opaque bytes, both ways. A question is a connection; one answers another when the client sends the same bytes. */
export function tcpProtocol(): Protocol<TcpQuestion, TcpReply> {
  return {
    name: 'tcp',
    notation: tcpNotation,
    serve: serveTcp,
    dial: dialTcp,
    // All connections of a boundary are alike until their clients speak.
    identify: ({ origin }) => ({ origin, method: 'CONNECT', path: '', rest: '' }),
    facets: ({ origin }) => [{ path: 'origin', value: origin }],
    describe: () => ({ name: 'CONNECT', effect: true }),
    summarize: ({ origin }) => `CONNECT ${origin}`,
    outcome: outcomeOf,
    listen: ({ incoming }) => listenForBytes(incoming),
    refuse: (_question, error) => [{ type: 'failure', failure: 'reset', message: error.message }],
    redact: (content: Content<TcpQuestion, TcpReply>, redactor) => redactTcp(content, redactor),
  }
}
