import type { Duplex } from 'node:stream'
import { askNow, type NextReply } from '../../core/ask-now.ts'
import type { AskedClock } from '../../core/asked-clock.ts'
import { type Channel, channel } from '../../core/channel.ts'
import { resetConnection } from '../../core/duplex-lane.ts'
import { notKept } from '../../core/not-kept.ts'
import type { Peer } from '../../core/peer.ts'
import { decodePacket, type MqttPacket, type MqttVersion } from './decode.ts'
import { encodeFrame } from './encode.ts'
import { encodeAnswer, encodeDelivery, encodeDisconnect, encodeProperties } from './encode-answer.ts'
import type { AckName, MqttQuestion, MqttReply } from './message.ts'
import { refusal } from './refusal.ts'
import type { MqttFrame } from './scanner.ts'
import { packetTypes } from './types.ts'

/** Whom a connection serves. */
export interface ServedConnectionOptions {
  readonly client: Duplex
  readonly peer: Peer<MqttQuestion, MqttReply>
  readonly clock: AskedClock
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal
}

/** A question whose answer is being given. */
interface Flow {
  readonly question: MqttQuestion
  /** Of its packet. */
  readonly id: number
  /** What the client says of its answer. */
  readonly incoming: Channel<MqttReply>
  /** Deliveries that the client has received and waits to be released, in order. */
  readonly received: number[]
  /** How much had been published before it. */
  readonly since: number
  /** It has been acknowledged. */
  answered: boolean
}

let sessions = 0

/** One connection to a broker that is not there. */
export class ServedConnection {
  readonly #options: ServedConnectionOptions
  readonly #session = ++sessions
  /** Messages that are on their way to the broker, by identifier. */
  readonly #publishing = new Map<number, Flow>()
  /** Deliveries that the client has not acknowledged to the end. */
  readonly #delivering = new Map<number, Flow>()
  /** By filter. */
  readonly #subscribed = new Map<string, Flow>()
  readonly #aliases = new Map<unknown, string>()
  #version: MqttVersion = 4
  #clientId = ''
  #connected = false
  #lastId = 0

  constructor(options: ServedConnectionOptions) {
    this.#options = options
  }

  /** A packet of the client. @throws RangeError for one that cannot be understood */
  take(frame: MqttFrame): void {
    if (!this.#connected && frame.type !== packetTypes.connect) throw new RangeError('the first packet is no CONNECT')
    const packet = decodePacket(frame, this.#version)
    const { type, id = 0 } = packet
    switch (type) {
      case packetTypes.connect:
        return this.#connect(packet)
      case packetTypes.publish:
        return this.#publish(frame, packet)
      case packetTypes.subscribe:
      case packetTypes.unsubscribe: {
        const kind = type === packetTypes.subscribe ? 'subscribe' : 'unsubscribe'
        const { filters, properties } = packet
        return this.#ask(id, { kind, filters, properties })
      }
      case packetTypes.pubrel:
        return void this.#publishing.get(id)?.incoming.push(ackOf('PUBREL', packet))
      case packetTypes.puback:
      case packetTypes.pubrec:
      case packetTypes.pubcomp:
        return this.#acknowledged(id, packet)
      case packetTypes.pingreq:
        return this.#write(encodeFrame({ type: packetTypes.pingresp, flags: 0, body: noBytes }))
      case packetTypes.disconnect:
        return void this.#options.client.end()
      default:
    }
  }

  #connect(packet: MqttPacket): void {
    const { version, clientId } = packet.connect!
    this.#version = version
    this.#clientId = clientId || `mortar-${this.#session}`
    this.#connected = true
    const named = clientId === '' ? { assignedClientIdentifier: this.#clientId } : {}
    const said = version === 5 ? encodeProperties(named) : noBytes
    this.#write(encodeFrame({ type: packetTypes.connack, flags: 0, body: Buffer.concat([Buffer.alloc(2), said]) }))
  }

  #publish(frame: MqttFrame, packet: MqttPacket): void {
    const { id = 0, qos, retain, properties, payloadAt } = packet
    const { topicAlias: alias } = properties
    if (packet.topic && alias !== undefined) this.#aliases.set(alias, packet.topic)
    const topic = packet.topic || (this.#aliases.get(alias) ?? '')
    if (packet.duplicate && this.#publishing.has(id)) return
    this.#options.clock.tick()
    const body = frame.body.subarray(payloadAt)
    this.#ask(id, { kind: 'publish', topic, qos, retain, properties, body, size: body.length })
  }

  #acknowledged(id: number, packet: MqttPacket): void {
    const flow = this.#delivering.get(id)
    if (!flow) return
    flow.incoming.push(ackOf(names[packet.type]!, packet))
    if (packet.type === packetTypes.pubrec && (packet.reasons[0] ?? 0) < 0x80) flow.received.push(id)
    else this.#delivering.delete(id)
  }

  #ask(id: number, parts: Partial<MqttQuestion> & Pick<MqttQuestion, 'kind'>): void {
    const { client, peer, clock, signal } = this.#options
    const incoming = channel<MqttReply>()
    const question: MqttQuestion = {
      session: this.#session,
      version: this.#version,
      clientId: this.#clientId,
      topic: '',
      filters: [],
      qos: 0,
      retain: false,
      properties: {},
      body: noBytes,
      size: 0,
      ...parts,
      incoming,
    }
    const flow: Flow = { question, id, incoming, received: [], since: clock.now, answered: false }
    if (question.kind === 'publish' && question.qos > 0) this.#publishing.set(id, flow)
    if (question.kind === 'subscribe') for (const filter of question.filters) this.#subscribed.set(filter, flow)
    if (question.kind === 'unsubscribe') for (const filter of question.filters) this.#subscribed.delete(filter)
    void this.#answer(flow, askNow(client, peer, question, signal))
  }

  async #answer(flow: Flow, next: NextReply<MqttReply>): Promise<void> {
    const { client, signal } = this.#options
    try {
      for (let { done, value } = await next(); !done; { done, value } = await next()) {
        if (value.type === 'failure') return resetConnection(client)
        if (value.type === 'disconnect') return void client.end()
        if (value.type === 'ack') this.#say(flow, value)
        if (value.type === 'message') await this.#deliver(flow, value)
      }
    } catch (error) {
      if (!signal.aborted) this.#refuse(flow, error as Error)
    } finally {
      if (this.#publishing.get(flow.id) === flow) this.#publishing.delete(flow.id)
    }
  }

  #say(flow: Flow, ack: MqttReply & { readonly type: 'ack' }): void {
    const { id, received } = flow
    flow.answered = true
    // A PUBREL of the broker is for what it has delivered, anything else for what it was asked.
    this.#write(encodeAnswer(ack, ack.packet === 'PUBREL' ? (received.shift() ?? 0) : id, this.#version))
  }

  async #deliver(flow: Flow, message: MqttReply & { readonly type: 'message' }): Promise<void> {
    const { clock, signal } = this.#options
    await clock.reached(flow.since + (message.after ?? 0))
    if (signal.aborted || !flow.question.filters.some((filter) => this.#subscribed.get(filter) === flow)) return
    if (message.body.length < message.size) throw notKept(`a message of ${message.size} bytes was too large to be kept`)
    const id = message.qos > 0 ? this.#nextId() : 0
    if (id > 0) this.#delivering.set(id, flow)
    this.#write(encodeDelivery(message, id, this.#version))
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % 0xffff) + 1
    while (this.#delivering.has(this.#lastId))
    return this.#lastId
  }

  #refuse({ question, id, answered }: Flow, error: Error): void {
    const { kind, qos } = question
    if (kind === 'publish' && qos === 0) return
    if (answered && this.#version === 5) this.#write(encodeDisconnect(refusal(question, error)))
    // Before version 5 only a subscription can be refused; whoever will not take a message hangs up.
    if (answered || (this.#version !== 5 && kind !== 'subscribe')) return void this.#options.client.end()
    this.#write(encodeAnswer(refusal(question, error), id, this.#version))
  }

  #write(bytes: Buffer): void {
    if (!this.#options.client.writableEnded) this.#options.client.write(bytes)
  }
}

const noBytes = Buffer.alloc(0)
const names: Readonly<Record<number, AckName>> = {
  [packetTypes.puback]: 'PUBACK',
  [packetTypes.pubrec]: 'PUBREC',
  [packetTypes.pubcomp]: 'PUBCOMP',
}

function ackOf(packet: AckName, { reasons }: MqttPacket): MqttReply {
  return { type: 'ack', packet, reasons }
}
