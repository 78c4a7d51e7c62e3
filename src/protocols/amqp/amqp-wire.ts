import type { Duplex } from 'node:stream'
import { AskedClock } from '../../core/asked-clock.ts'
import { carry } from '../../core/carry.ts'
import { type Fit, hearClient } from '../../core/hear-client.ts'
import type { Protocol } from '../../core/protocol.ts'
import { refusalText } from '../../core/refusal-text.ts'
import type { WireLink, WireProtocol } from '../../core/wire.ts'
import { describe } from './describe.ts'
import { facetsOf, identify } from './identify.ts'
import type { AmqpQuestion, AmqpReply } from './message.ts'
import { amqpNotation } from './notation.ts'
import { outcomeOf, summarizeQuestion } from './outcome.ts'
import { type HoldOptions, MessageHold } from './message-hold.ts'
import { redactAmqp } from './redact.ts'
import { serveAmqp } from './serve.ts'
import { AmqpSession } from './session.ts'
import { protocolHeader } from './types.ts'

/** A connection that is being carried. */
export interface AmqpConnection {
  /** Number of the connection, as its questions have it. */
  readonly session: number
  /** One side has said that it is over. */
  readonly leaving: boolean
  /** The broker may send what the client has not just asked for: it consumes, or it has not come that far. */
  readonly mayPush: boolean
  /** What the client has not finished with, in one line each. */
  readonly unfinished: readonly string[]
  /**
   * Resolves when the broker has dealt with all that has been sent until now.
   *
   * @param abandon - What the client has not finished with is finished without it.
   */
  settle(abandon: boolean): Promise<void>
  /** Resolves when it is over. */
  readonly over: Promise<void>
}

/** Carried to a broker that is there, or served from recordings when there is none. */
export interface AmqpWire
  extends WireProtocol<AmqpQuestion, AmqpReply>, Pick<Protocol<AmqpQuestion, AmqpReply>, 'serve' | 'refuse'> {}

/** What is done to connections besides faults. */
export interface AmqpWireOptions extends HoldOptions {
  /** Told of each connection. */
  readonly onConnection?: (connection: AmqpConnection) => void
}

/**
 * AMQP 0-9-1 as RabbitMQ speaks it. A question is a method, and what is published or delivered; options take effect
 * where there may be faults.
 */
export function amqpWire(options: AmqpWireOptions = {}): AmqpWire {
  const recorded = new AskedClock()
  const replayed = new AskedClock()
  return {
    name: 'amqp',
    // A broker says which protocol it speaks, and closes. @see AMQP 0-9-1 specification, 4.2.2
    clientFirst: { speaks: 'AMQP', withinMs: 10_000, turnAway: () => protocolHeader },
    notation: amqpNotation,
    relay: (client, link) => relay(client, link, recorded, options),
    serve: (client, peer, place) => serveAmqp(client, peer, place, replayed),
    refuse: (_question, error) => [{ type: 'closed', what: 'channel', code: 541, text: refusalText(error) }],
    listen: ({ incoming }) => hearClient(incoming, fitOf),
    identify,
    facets: facetsOf,
    describe,
    summarize: summarizeQuestion,
    outcome: outcomeOf,
    redact: redactAmqp,
  }
}

function relay(
  client: Duplex,
  link: WireLink<AmqpQuestion, AmqpReply>,
  clock: AskedClock,
  { vhost, onConnection }: AmqpWireOptions,
): Promise<void> {
  const session = new AmqpSession(link.recorder, clock)
  const over = carry(client, link, session, (carriage) => {
    const hold = new MessageHold(session, link.faults!, carriage, { vhost })
    // Only when what is awaited here is there.
    queueMicrotask(() => onConnection?.(connectionOf(session, hold, over)))
    return hold.gates
  })
  return over
}

function connectionOf(session: AmqpSession, hold: MessageHold, over: Promise<void>): AmqpConnection {
  return {
    session: session.id,
    over,
    get leaving() {
      return session.leaving
    },
    get mayPush() {
      return session.mayPush
    },
    get unfinished() {
      return session.openChannels.flatMap(([, channel]) => channel.unfinished)
    },
    settle: (abandon) => hold.settle(abandon),
  }
}

function fitOf(asked: AmqpReply, recorded: AmqpReply): Fit {
  if (asked.type !== 'settle' || recorded.type !== 'settle') return asked.type === recorded.type ? 'same' : 'other'
  return asked.how === recorded.how && asked.requeue === recorded.requeue ? 'same' : 'contrary'
}
