import { AskedClock } from '../../core/asked-clock.ts'
import type { Sender } from '../../core/exchange.ts'
import { follow, type Follower } from '../../core/follower.ts'
import type { FailureKind } from '../../core/protocol.ts'
import type { OpenExchange, Recorder } from '../../core/recorder.ts'
import { decodePacket, type MqttPacket, type MqttVersion } from './decode.ts'
import type { AckName, MqttQuestion, MqttReply } from './message.ts'
import { type MqttFrame, MqttScanner } from './scanner.ts'
import { Subscriptions } from './subscriptions.ts'
import { packetTypes } from './types.ts'

type Exchange = OpenExchange<MqttReply> | undefined

/** A question that waits for an acknowledgement, by its packet identifier. */
interface Flow {
  readonly exchange: Exchange
  readonly packet: MqttPacket
}

let sessions = 0

/** Follows one connection beside the stream, and ties acknowledgements and deliveries to what they belong to. */
export class MqttSession implements Follower {
  readonly id: number = ++sessions
  readonly #recorder: Recorder<MqttQuestion, MqttReply> | undefined
  readonly #scanners: Readonly<Record<Sender, MqttScanner>>
  readonly #clock: AskedClock
  /** Answers are to be replayed, so it matters what they came after. */
  readonly #timed: boolean
  /** How much had been published when it was subscribed. */
  readonly #since = new Map<Exchange, number>()
  readonly #aliases: Readonly<Record<Sender, Map<unknown, string>>> = { client: new Map(), service: new Map() }
  readonly #subscriptions = new Subscriptions()
  /** Begun by the client; identifiers of the two sides have nothing to do with each other. */
  readonly #asked = new Map<number, Flow>()
  /** Deliveries that the client has not acknowledged to the end. */
  readonly #delivered = new Map<number, Exchange>()
  #version: MqttVersion = 4
  #clientId = ''
  #self: Exchange
  #connected = false
  #whole: (() => void)[] = []
  #lost = false
  #ended = false

  /** @param clock - Shared by the connections of one wire, to tell the order of what they do. */
  constructor(recorder?: Recorder<MqttQuestion, MqttReply>, clock: AskedClock = new AskedClock()) {
    this.#recorder = recorder
    this.#clock = clock
    const { keepBytes } = recorder ?? {}
    this.#timed = keepBytes !== undefined
    // Questions are kept whole, to be found again.
    this.#scanners =
      keepBytes === undefined
        ? { client: new MqttScanner(), service: new MqttScanner() }
        : { client: new MqttScanner(whole), service: new MqttScanner(Math.max(keepBytes, longestHead)) }
  }

  get lost(): boolean {
    return this.#lost
  }

  get version(): MqttVersion {
    return this.#version
  }

  atBoundary(from: Sender): boolean {
    return this.#scanners[from].atBoundary
  }

  /** The topic of a PUBLISH, which may be sent as an alias only. */
  topicOf(from: Sender, { topic = '', properties }: MqttPacket): string {
    return topic === '' ? (this.#aliases[from].get(properties['topicAlias']) ?? '') : topic
  }

  take(from: Sender, chunk: Buffer, once = false): number {
    if (this.#lost) return chunk.length
    if (from === 'client' && !this.#connected && this.atBoundary(from) && chunk[0] !== firstByte) {
      this.#lost = true
      this.end('malformed', 'the client does not speak MQTT')
      return chunk.length
    }
    const see = (frame: MqttFrame): void => {
      // Only what a client opens with says which version is spoken.
      if (!this.#connected && frame.type !== packetTypes.connect) throw new RangeError('the first packet is no CONNECT')
      const packet = decodePacket(frame, this.#version)
      if (from === 'client') this.#ask(frame, packet)
      else this.#say(frame, packet)
    }
    const taken = follow(this.#scanners[from], chunk, once, see, (reason) => {
      this.#lost = true
      this.end('malformed', reason)
    })
    for (const resolve of this.#whole.splice(0)) resolve()
    return taken
  }

  /** Resolves when what `from` has sent ends with a whole packet, so that something may be added. */
  async whole(from: Sender): Promise<void> {
    while (!this.atBoundary(from) && !this.#lost && !this.#ended)
      await new Promise<void>((resolve) => void this.#whole.push(resolve))
  }

  end(failure?: FailureKind, message = ''): void {
    if (this.#ended) return
    this.#ended = true
    const reply: MqttReply | undefined = failure && { type: 'failure', failure, message }
    for (const { exchange } of this.#asked.values()) {
      if (reply) exchange?.message('service', reply)
      exchange?.close('abandoned')
    }
    this.#asked.clear()
    this.#subscriptions.clear()
    this.#self ??= reply && this.#open('connect', {})
    if (reply) this.#self?.message('service', reply)
    this.#self?.close('complete')
    for (const resolve of this.#whole.splice(0)) resolve()
  }

  #ask(frame: MqttFrame, packet: MqttPacket): void {
    const { type, id = 0 } = packet
    switch (type) {
      case packetTypes.connect: {
        const { version, clientId, options } = packet.connect!
        this.#version = version
        this.#clientId = clientId
        this.#connected = true
        this.#self ??= this.#open('connect', { options })
        return
      }
      case packetTypes.publish:
        return this.#publish(frame, packet)
      case packetTypes.subscribe:
      case packetTypes.unsubscribe: {
        const kind = type === packetTypes.subscribe ? 'subscribe' : 'unsubscribe'
        const exchange = this.#open(kind, { filters: packet.filters, properties: packet.properties })
        if (this.#timed && kind === 'subscribe') this.#since.set(exchange, this.#clock.now)
        this.#begin(id, packet, exchange)
        return
      }
      case packetTypes.pubrel:
        this.#asked.get(id)?.exchange?.message('client', ackOf('PUBREL', packet))
        return
      case packetTypes.puback:
      case packetTypes.pubrec:
      case packetTypes.pubcomp: {
        this.#delivered.get(id)?.message('client', ackOf(names[type]!, packet))
        if (type !== packetTypes.pubrec || refuses(packet)) this.#delivered.delete(id)
        return
      }
      case packetTypes.auth:
        this.#self?.message('client', ackOf('AUTH', packet))
        return
      case packetTypes.disconnect:
        this.#self?.message('client', disconnectOf(packet))
    }
  }

  #publish(frame: MqttFrame, packet: MqttPacket): void {
    const { id = 0, qos, retain, properties, payloadAt } = packet
    const resent = packet.duplicate && this.#asked.get(id)
    if (resent) return void resent.exchange?.message('client', { type: 'resent' })
    this.#clock.tick()
    const topic = this.#resolve('client', packet)
    const body = frame.body.subarray(payloadAt)
    const exchange = this.#open('publish', { topic, qos, retain, properties, body, size: frame.size - payloadAt })
    if (qos === 0) exchange?.close('complete')
    else this.#begin(id, packet, exchange)
  }

  #begin(id: number, packet: MqttPacket, exchange: Exchange): void {
    this.#asked.get(id)?.exchange?.close('abandoned')
    this.#asked.set(id, { exchange, packet })
  }

  #say(frame: MqttFrame, packet: MqttPacket): void {
    const { type, id = 0 } = packet
    switch (type) {
      case packetTypes.connack:
        return this.#self?.message('service', ackOf('CONNACK', packet))
      case packetTypes.auth:
        return this.#self?.message('service', ackOf('AUTH', packet))
      case packetTypes.disconnect:
        return this.#self?.message('service', disconnectOf(packet))
      case packetTypes.publish:
        return this.#deliver(frame, packet)
      case packetTypes.pubrel:
        return this.#delivered.get(id)?.message('service', ackOf('PUBREL', packet))
      case packetTypes.puback:
      case packetTypes.pubrec:
      case packetTypes.pubcomp:
      case packetTypes.suback:
      case packetTypes.unsuback:
        this.#acknowledged(id, packet)
    }
  }

  #acknowledged(id: number, packet: MqttPacket): void {
    const flow = this.#asked.get(id)
    if (!flow) return
    const { exchange } = flow
    const { filters } = flow.packet
    exchange?.message('service', ackOf(names[packet.type]!, packet))
    if (packet.type === packetTypes.pubrec && !refuses(packet)) return
    this.#asked.delete(id)
    if (packet.type === packetTypes.unsuback) for (const filter of filters) this.#subscriptions.remove(filter)
    if (packet.type !== packetTypes.suback) return exchange?.close('complete')
    const identifier = flow.packet.properties['subscriptionIdentifier']
    const granted = filters.filter((_, i) => (packet.reasons[i] ?? 0) < 0x80)
    for (const filter of granted)
      this.#subscriptions.add(filter, exchange, typeof identifier === 'number' ? identifier : undefined)
    if (granted.length === 0) exchange?.close('complete')
  }

  #deliver(frame: MqttFrame, packet: MqttPacket): void {
    const { id, qos, retain, duplicate, properties, payloadAt } = packet
    const topic = this.#resolve('service', packet)
    const identifiers = [properties['subscriptionIdentifier']].flat()
    // A broker may send what was kept for a subscriber before it confirms the subscription.
    const exchange = this.#subscriptions.receiver(topic, identifiers) ?? this.#self
    const body = frame.body.subarray(payloadAt)
    const size = frame.size - payloadAt
    const since = this.#since.get(exchange)
    const after = since === undefined ? {} : { after: this.#clock.now - since }
    exchange?.message('service', { type: 'message', topic, qos, retain, duplicate, properties, body, size, ...after })
    if (id !== undefined) this.#delivered.set(id, exchange)
  }

  #resolve(from: Sender, packet: MqttPacket): string {
    const alias = packet.properties['topicAlias']
    if (packet.topic && alias !== undefined) this.#aliases[from].set(alias, packet.topic)
    return this.topicOf(from, packet)
  }

  #open(kind: MqttQuestion['kind'], parts: Partial<MqttQuestion>): Exchange {
    return this.#recorder?.open({
      topic: '',
      filters: [],
      qos: 0,
      retain: false,
      properties: {},
      body: noBytes,
      size: 0,
      ...parts,
      kind,
      session: this.id,
      version: this.#version,
      clientId: this.#clientId,
    })
  }
}

/** Of CONNECT, with which every client must begin. */
const firstByte = packetTypes.connect << 4
const noBytes = Buffer.alloc(0)
// What is read of a packet besides its body: names of 64 KiB at most, and properties.
const longestHead = 1 << 17
const whole = Number.POSITIVE_INFINITY
const names: Readonly<Record<number, AckName>> = {
  [packetTypes.puback]: 'PUBACK',
  [packetTypes.pubrec]: 'PUBREC',
  [packetTypes.pubcomp]: 'PUBCOMP',
  [packetTypes.suback]: 'SUBACK',
  [packetTypes.unsuback]: 'UNSUBACK',
}

function refuses({ reasons }: MqttPacket): boolean {
  return (reasons[0] ?? 0) >= 0x80
}

function ackOf(packet: AckName, { reasons, properties }: MqttPacket): MqttReply {
  const { reasonString: text } = properties
  return { type: 'ack', packet, reasons, ...(typeof text === 'string' && { text }) }
}

function disconnectOf({ reasons, properties }: MqttPacket): MqttReply {
  const { reasonString: text } = properties
  return { type: 'disconnect', reason: reasons[0] ?? 0, ...(typeof text === 'string' && { text }) }
}
