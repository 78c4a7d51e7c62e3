import type { Carriage, Gates } from '../../core/carry.ts'
import type { Disturbance, Faults, Target } from '../../core/fault.ts'
import { FrameGate } from '../../core/frame-gate.ts'
import { pause, realSetImmediate } from '../../core/real-clock.ts'
import { errorPacket, int32, packet, query } from './encode.ts'
import { fingerprintOf } from './fingerprint.ts'
import { maskGreeting } from './handshake.ts'
import { RowRewrite } from './row-rewrite.ts'
import { type MysqlFrame, PacketScanner } from './scanner.ts'
import { raising, type RefusedWith, refusedWith } from './server-errors.ts'
import type { MysqlSession } from './session.ts'
import { command } from './types.ts'

/** What a hold works with. */
export interface MessageHoldOptions {
  readonly session: MysqlSession
  readonly faults: Faults
  readonly carriage: Carriage
  /** Changes a message of the client before it is sent; its packets are numbered anew. */
  readonly rewrite?: (body: Buffer) => Buffer
  /** Numbers of the server's packets during the login are higher by this than those the client expects. */
  readonly ahead?: number
}

/**
 * Lets messages through one by one: those of the login, so that the server offers nothing that could not be followed,
 * and statements while a fault is armed. Whatever strikes one waits until all that was asked before is answered.
 */
export class MessageHold {
  readonly #options: MessageHoldOptions
  readonly #client: FrameGate<MysqlFrame>
  readonly #service: FrameGate<MysqlFrame>
  /** What becomes of the server's next messages; absent: they reach the client. */
  #instead: ((frame: MysqlFrame, bytes: Buffer) => Promise<void> | undefined) | undefined
  #held: PromiseWithResolvers<void> | undefined

  constructor(options: MessageHoldOptions) {
    this.#options = options
    const { session, faults, carriage, rewrite, ahead = 0 } = options
    this.#client = new FrameGate({
      from: 'client',
      follower: session,
      scanner: () => new PacketScanner(),
      lane: carriage.toServer,
      watching: () =>
        faults.watching || rewrite !== undefined || this.#held !== undefined || (ahead !== 0 && !session.open),
      handle: (frame, bytes) => this.#asked(frame, bytes),
    })
    this.#service = new FrameGate({
      from: 'service',
      follower: session,
      scanner: () => new PacketScanner(),
      lane: carriage.toClient,
      watching: () => session.ungreeted || this.#instead !== undefined || (ahead !== 0 && !session.open),
      handle: (frame, bytes) => this.#answered(frame, bytes),
    })
  }

  get gates(): Gates {
    return { client: this.#client, service: this.#service }
  }

  /** Keeps what the client sends from now on, until `release`. */
  hold(): void {
    this.#held ??= Promise.withResolvers()
  }

  release(): void {
    this.#held?.resolve()
    this.#held = undefined
  }

  async #asked(frame: MysqlFrame, bytes: Buffer): Promise<void> {
    await this.#held?.promise
    const { session, faults, rewrite, ahead = 0 } = this.#options
    if (!session.open && ahead !== 0) return this.#pass(packet(frame.sequence + ahead, frame.body))
    const body = rewrite?.(frame.body) ?? frame.body
    const sent = body === frame.body ? bytes : packet(session.open ? 0 : frame.sequence, body)
    const sql = faults.watching ? session.preview(body) : undefined
    if (sql === undefined) return this.#client.pass(sent)
    const target = targetOf(sql)
    if (!faults.concerns(target)) return this.#client.pass(sent)
    await session.quiet()
    const disturbance = faults.strike(target)
    return disturbance ? this.#disturb(disturbance, { ...frame, body }, sent) : this.#client.pass(sent)
  }

  #pass(bytes: Buffer): Promise<void> | undefined {
    return this.#client.pass(bytes)
  }

  #answered(frame: MysqlFrame, bytes: Buffer): Promise<void> | undefined {
    const { session, ahead = 0 } = this.#options
    if (this.#instead) return this.#instead(frame, bytes)
    if (session.ungreeted && frame.body[0] === 10)
      return this.#service.pass(packet(frame.sequence, maskGreeting(frame.body, false)))
    if (!session.open && ahead !== 0) return this.#service.pass(packet(frame.sequence - ahead, frame.body))
    return this.#service.pass(bytes)
  }

  async #disturb(disturbance: Disturbance, { body, sequence }: MysqlFrame, bytes: Buffer): Promise<void> {
    const { session } = this.#options
    const { toServer, toClient, reset } = this.#options.carriage
    if (disturbance.do === 'delay') {
      await pause(disturbance.ms, toServer.gone, disturbance.released)
      return this.#client.pass(bytes)
    }
    if (disturbance.do === 'cut') {
      session.take('client', bytes)
      session.end('reset', 'the connection was lost before the statement reached the server')
      return reset()
    }
    if (disturbance.do === 'lose') {
      session.take('client', bytes)
      session.loseAnswer()
      this.#instead = (_frame, answer) => {
        session.take('service', answer)
        // A file that the server asks for is part of the question.
        if (session.expectsData) return toClient.write(answer)
        if (!session.answered) return undefined
        return void reset()
      }
      return void (await toServer.write(bytes))
    }
    if (disturbance.do === 'alter') return this.#alter(disturbance, body, bytes)
    if (disturbance.do === 'end') {
      await this.#client.pass(bytes)
      return void this.#endIdle(refusedWith(disturbance.error))
    }
    // Statements are no messages, so the other disturbances mean nothing here.
    if (disturbance.do !== 'refuse') return this.#client.pass(bytes)
    const error = refusedWith(disturbance.error)
    if (error.fatal) {
      session.take('client', bytes)
      const said = errorPacket(sequence + 1, error)
      session.take('service', said)
      await toClient.write(said)
      toClient.end()
      return toServer.end()
    }
    if (error.rollsBack) await this.#aside(query('ROLLBACK AND NO CHAIN NO RELEASE'))
    // What came for it in pieces would be added to by the next attempt.
    const statement = session.longDataOf(body)
    if (statement !== undefined) await this.#aside(packet(0, Buffer.from([command.resetStatement]), int32(statement)))
    session.take('client', bytes)
    // A statement of several packets is answered by a number that follows on its last one.
    this.#instead = (frame) => {
      this.#instead = undefined
      return this.#service.pass(packet(frame.sequence + sequence, frame.body))
    }
    return void (await toServer.write(query(raising(error))))
  }

  #alter(
    { to, missed = () => {} }: Disturbance & { readonly do: 'alter' },
    body: Buffer,
    bytes: Buffer,
  ): Promise<void> | undefined {
    const { session } = this.#options
    if (to !== 'nothing' && to !== 'nulls') {
      missed()
      return this.#client.pass(bytes)
    }
    const { deprecateEof } = session
    const rewrite = new RowRewrite({ to, binary: body[0] !== command.query, deprecateEof, missed })
    this.#instead = (frame) => {
      const sent = rewrite.take(frame)
      const passed = sent.length > 0 ? this.#service.pass(sent) : undefined
      if (session.answered) this.#instead = undefined
      return passed
    }
    return this.#client.pass(bytes)
  }

  /** As soon as nobody waits for anything, the server says why it ends the connection. */
  async #endIdle(error: RefusedWith): Promise<void> {
    const { session, carriage } = this.#options
    const { toServer, toClient } = carriage
    while (!session.ended && !session.lost && !toServer.gone.aborted) {
      await this.#held?.promise
      await session.untilIdle(toServer.gone)
      await new Promise<void>((resolve) => void realSetImmediate(resolve))
      if (!session.idle || this.#held) continue
      const said = errorPacket(0, error)
      session.take('service', said)
      await toClient.write(said)
      toClient.end()
      return toServer.end()
    }
  }

  /** Asks the server something that is answered by a single message, and that nobody else hears of. */
  async #aside(bytes: Buffer): Promise<void> {
    const { toServer } = this.#options.carriage
    const answer = Promise.withResolvers<void>()
    toServer.gone.addEventListener('abort', () => answer.resolve(), { once: true })
    this.#instead = () => {
      this.#instead = undefined
      return void answer.resolve()
    }
    await toServer.write(bytes)
    await answer.promise
  }
}

/** A statement as faults see it. */
export function targetOf(sql: string): Target {
  const { operation, effect, fingerprint } = fingerprintOf(sql)
  return { operation, effect, fingerprint }
}
