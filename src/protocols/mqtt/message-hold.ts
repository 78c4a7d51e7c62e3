import type { Carriage, Gates } from '../../core/carry.ts'
import type { Sender } from '../../core/exchange.ts'
import type { Disturbance, Faults, ServiceError } from '../../core/fault.ts'
import { FrameGate } from '../../core/frame-gate.ts'
import { type DeskMessage, MessageDesk } from '../../core/message-desk.ts'
import { AliasDebts } from './alias-debts.ts'
import { decodePacket, type MqttPacket } from './decode.ts'
import { ackTarget, deliveryTarget, targetOf } from './describe.ts'
import { changePublish, encodeAck, encodeConnack, encodeSuback, pingRequest } from './encode.ts'
import { type MqttFrame, MqttScanner } from './scanner.ts'
import type { MqttSession } from './session.ts'
import { SwallowList } from './swallow-list.ts'
import { packetTypes } from './types.ts'

const everything = Number.POSITIVE_INFINITY
const { puback, pubrec, pubrel, pubcomp } = packetTypes

/** What one direction works with. */
interface Way {
  readonly gate: FrameGate<MqttFrame>
  readonly desk: MessageDesk
  readonly swallow: SwallowList
  readonly debts: AliasDebts
}

/**
 * Lets packets through one by one, both ways, while a fault is armed. Whatever a fault does to a message, each side
 * sees a conversation in which every packet identifier is acknowledged as the standard demands.
 */
export class MessageHold {
  readonly #session: MqttSession
  readonly #faults: Faults
  readonly #carriage: Carriage
  readonly #ways: Readonly<Record<Sender, Way>>
  /** Topics of messages that the client has not acknowledged, by identifier. */
  readonly #brought = new Map<number, string>()
  /** Nothing reaches the client any more. */
  #losing = false

  constructor(session: MqttSession, faults: Faults, carriage: Carriage) {
    this.#session = session
    this.#faults = faults
    this.#carriage = carriage
    this.#ways = { client: this.#way('client'), service: this.#way('service') }
  }

  get gates(): Gates {
    return { client: this.#ways.client.gate, service: this.#ways.service.gate }
  }

  #way(from: Sender): Way {
    const { toServer, toClient } = this.#carriage
    const gate = new FrameGate<MqttFrame>({
      from,
      follower: this.#session,
      scanner: () => new MqttScanner(everything),
      lane: from === 'client' ? toServer : toClient,
      watching: () => this.#faults.watching || this.#losing,
      handle: (frame, bytes) => (from === 'client' ? this.#asked(frame, bytes) : this.#said(frame, bytes)),
    })
    // The session has seen what the client sent when it sent it, and sees what is brought when it is.
    const send = (bytes: Buffer): Promise<void> | undefined =>
      from === 'client' ? toServer.write(bytes) : gate.pass(bytes)
    const desk = new MessageDesk({ send, gone: toServer.gone, gate })
    return { gate, desk, swallow: new SwallowList(gate), debts: new AliasDebts(gate) }
  }

  #asked(frame: MqttFrame, bytes: Buffer): Promise<void> | undefined {
    const { client } = this.#ways
    const session = this.#session
    // The version is known once CONNECT has been seen.
    session.take('client', bytes)
    const packet = this.#read(frame)
    if (!packet) return this.#carriage.toServer.write(bytes)
    if (client.swallow.takes(frame.type, packet.id)) return undefined
    const kind = asks[frame.type]
    const topic = session.topicOf('client', packet)
    const struck = kind ? this.#faults.strike(targetOf(kind, topic, packet.filters)) : this.#acknowledges(packet)
    if (kind !== 'publish') {
      return struck ? this.#disturb(struck, packet, bytes) : this.#carriage.toServer.write(bytes)
    }
    const message = this.#message('client', frame, packet, topic, bytes)
    if (!struck) return client.desk.pass(message)
    return this.#strike('client', struck, packet, message) ? undefined : this.#disturb(struck, packet, message.bytes)
  }

  /** What becomes of the word that a message was dealt with. */
  #acknowledges({ type, id = 0 }: MqttPacket): Disturbance | undefined {
    const brought = type === puback || type === pubrec ? this.#brought.get(id) : undefined
    if (brought === undefined) return undefined
    this.#brought.delete(id)
    return this.#faults.strike(ackTarget(brought))
  }

  #said(frame: MqttFrame, bytes: Buffer): Promise<void> | undefined {
    const { service } = this.#ways
    if (this.#losing) {
      // The broker has dealt with all that came before our PINGREQ.
      if (frame.type === packetTypes.pingresp) this.#reset('the answer was lost on its way to the client')
      return undefined
    }
    const packet = this.#read(frame)
    if (!packet) return service.gate.pass(bytes)
    if (service.swallow.takes(frame.type, packet.id)) return undefined
    if (frame.type !== packetTypes.publish) return service.gate.pass(bytes)
    const topic = this.#session.topicOf('service', packet)
    if (packet.id !== undefined) this.#brought.set(packet.id, topic)
    const message = this.#message('service', frame, packet, topic, bytes)
    const struck = this.#faults.strike(deliveryTarget(topic))
    if (!struck) return service.desk.pass(message)
    if (this.#strike('service', struck, packet, message)) return undefined
    if (struck.do !== 'cut' && struck.do !== 'lose') return service.desk.pass(message)
    this.#reset('the connection was lost')
    return undefined
  }

  /** What cannot be understood is passed on, and the session will say so. */
  #read(frame: MqttFrame): MqttPacket | undefined {
    try {
      return this.#session.lost ? undefined : decodePacket(frame, this.#session.version)
    } catch {
      return undefined
    }
  }

  #message(from: Sender, frame: MqttFrame, packet: MqttPacket, topic: string, bytes: Buffer): DeskMessage {
    const owed = this.#ways[from].debts.settle(packet)
    const named = owed === undefined ? {} : { topic: owed }
    return {
      key: topic,
      bytes: owed === undefined ? bytes : changePublish(frame, packet, named),
      body: frame.body.subarray(packet.payloadAt),
      again: () => changePublish(frame, packet, { ...named, duplicate: true }),
      poisoned: (payload) => changePublish(frame, packet, { ...named, payload }),
      dropped: () => void this.#pretend(from, packet),
    }
  }

  #strike(from: Sender, struck: Disturbance, packet: MqttPacket, message: DeskMessage): boolean {
    const { desk, debts } = this.#ways[from]
    const other = this.#ways[from === 'client' ? 'service' : 'client']
    if (struck.do === 'drop' || struck.do === 'delay' || struck.do === 'reorder') debts.owe(packet)
    // Whoever gets it twice acknowledges it twice; its sender expects that once.
    if (struck.do === 'duplicate' && packet.id !== undefined)
      other.swallow.expect(packet.qos === 1 ? puback : pubrec, packet.id)
    return desk.disturb(struck, message)
  }

  /** Acknowledges to `from` a message that the other side never sees. */
  async #pretend(from: Sender, { id, qos }: MqttPacket): Promise<void> {
    if (id === undefined) return
    await this.#answer(from, encodeAck(qos === 1 ? puback : pubrec, id))
    const { swallow } = this.#ways[from]
    if (qos === 2) swallow.expect(pubrel, id, () => void this.#answer(from, encodeAck(pubcomp, id)))
  }

  /** Says something to `to` in the name of the other side. */
  async #answer(to: Sender, bytes: Buffer): Promise<void> {
    if (to === 'client') {
      await this.#session.whole('service')
      await this.#ways.service.gate.pass(bytes)
      return
    }
    await this.#session.whole('client')
    await this.#carriage.toServer.write(bytes)
  }

  async #disturb(struck: Disturbance, packet: MqttPacket, bytes: Buffer): Promise<void> {
    const { toServer, toClient } = this.#carriage
    switch (struck.do) {
      case 'refuse': {
        const refusal = this.#refusal(packet, struck.error)
        if (refusal) await this.#answer('client', refusal)
        // Up to version 4 a broker cannot say no to a message: it closes the connection.
        if (!refusal || struck.error.fatal || packet.type === packetTypes.connect) toClient.end()
        return
      }
      case 'cut':
        return this.#reset('the connection was lost before the packet reached the broker')
      case 'lose':
        await this.#session.whole('service')
        this.#losing = true
        return void (await toServer.write(Buffer.concat([bytes, pingRequest])))
      default:
        return void (await toServer.write(bytes))
    }
  }

  #refusal({ type, id = 0, qos, filters }: MqttPacket, { code }: ServiceError): Buffer | undefined {
    const { version } = this.#session
    const reason = Number(code) || (version === 5 ? 0x80 : 3)
    if (type === packetTypes.connect) return encodeConnack(reason, version)
    if (type === packetTypes.subscribe) {
      return encodeSuback(
        id,
        filters.map(() => (version === 5 ? reason : 0x80)),
        version,
      )
    }
    return version === 5 && qos > 0 ? encodeAck(qos === 1 ? puback : pubrec, id, reason) : undefined
  }

  #reset(reason: string): void {
    this.#session.end('reset', reason)
    this.#carriage.reset()
  }
}

const asks: Readonly<Record<number, 'connect' | 'publish' | 'subscribe' | 'unsubscribe'>> = {
  [packetTypes.connect]: 'connect',
  [packetTypes.publish]: 'publish',
  [packetTypes.subscribe]: 'subscribe',
  [packetTypes.unsubscribe]: 'unsubscribe',
}
