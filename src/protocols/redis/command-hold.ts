import type { Carriage, Gates } from '../../core/carry.ts'
import type { Disturbance, Faults } from '../../core/fault.ts'
import { FrameGate } from '../../core/frame-gate.ts'
import { pause } from '../../core/real-clock.ts'
import { targetOf } from './describe.ts'
import { encodeCommand, errorReply } from './encode.ts'
import { alteredAnswer, pretendedAnswer } from './altered-answer.ts'
import type { Resp } from './resp.ts'
import { type RespFrame, RespScanner } from './scanner.ts'
import type { RedisSession } from './session.ts'

/**
 * Lets commands through one by one while a fault is armed. Whatever strikes one waits until all that was asked before
 * is answered, so that answers stay in order.
 */
export class CommandHold {
  readonly #session: RedisSession
  readonly #faults: Faults
  readonly #carriage: Carriage
  readonly #client: FrameGate<RespFrame>
  readonly #service: FrameGate<RespFrame>
  /** What becomes of the server's next answer; absent: it reaches the client. */
  #instead: ((value: Resp, bytes: Buffer) => Promise<void> | undefined) | undefined

  constructor(session: RedisSession, faults: Faults, carriage: Carriage) {
    this.#session = session
    this.#faults = faults
    this.#carriage = carriage
    this.#client = new FrameGate({
      from: 'client',
      follower: session,
      scanner: () => new RespScanner({ inline: true }),
      lane: carriage.toServer,
      watching: () => faults.watching,
      handle: (frame, bytes) => this.#command(frame, bytes),
    })
    this.#service = new FrameGate({
      from: 'service',
      follower: session,
      scanner: () => new RespScanner(),
      lane: carriage.toClient,
      watching: () => this.#instead !== undefined,
      handle: (frame, bytes) => this.#answer(frame, bytes),
    })
  }

  get gates(): Gates {
    return { client: this.#client, service: this.#service }
  }

  #command({ value }: RespFrame, bytes: Buffer): Promise<void> | undefined {
    const args = value.type === 'array' ? value.items.flatMap((item) => ('bytes' in item ? [item.bytes] : [])) : []
    const disturbance = args.length === 0 ? undefined : this.#faults.strike(targetOf(args))
    if (!disturbance) return this.#client.pass(bytes)
    return this.#disturb(disturbance, args[0]!.toString().toUpperCase(), bytes)
  }

  #answer({ value }: RespFrame, bytes: Buffer): Promise<void> | undefined {
    const instead = this.#instead
    if (!instead || value.type === 'push') return this.#service.pass(bytes)
    this.#instead = undefined
    return instead(value, bytes)
  }

  async #disturb(disturbance: Disturbance, command: string, bytes: Buffer): Promise<void> {
    const session = this.#session
    const { toServer, toClient, reset } = this.#carriage
    if (disturbance.do === 'delay') {
      await pause(disturbance.ms, toServer.gone, disturbance.released)
      return this.#client.pass(bytes)
    }
    await session.quiet()
    if (disturbance.do === 'cut') {
      session.take('client', bytes)
      session.end('reset', 'the connection was lost before the command reached the server')
      return reset()
    }
    if (disturbance.do === 'lose') {
      session.take('client', bytes)
      this.#instead = () => {
        session.end('reset', 'the answer was lost on its way to the client')
        return void reset()
      }
      return void (await toServer.write(bytes))
    }
    if (disturbance.do === 'alter') return this.#alter(disturbance, command, bytes)
    // Commands are no messages, so the other disturbances mean nothing here.
    if (disturbance.do !== 'refuse') return this.#client.pass(bytes)
    const { code, message, fatal } = disturbance.error
    const silent = session.silenced
    const transaction = session.inTransaction
    session.take('client', bytes)
    if (silent) return undefined
    const answer = (): Promise<void> | undefined => {
      const error = errorReply(code, message)
      session.take('service', error)
      const written = toClient.write(error)
      if (fatal) toClient.end()
      return written
    }
    if (!transaction || command === 'DISCARD' || fatal) return answer()
    // The server must know that a command was refused, or EXEC would run the others.
    this.#instead = answer
    await toServer.write(encodeCommand([command === 'EXEC' ? 'DISCARD' : 'MORTAR.REFUSED']))
    await session.quiet()
  }

  /** What stands between MULTI and EXEC is answered later, by others. */
  async #alter(
    { to, text, missed = () => {} }: Disturbance & { readonly do: 'alter' },
    command: string,
    bytes: Buffer,
  ): Promise<void> {
    const session = this.#session
    const { toServer, toClient } = this.#carriage
    if (session.inTransaction || session.silenced) {
      missed()
      return this.#client.pass(bytes)
    }
    session.take('client', bytes)
    if (to === 'pretended') {
      const answer = pretendedAnswer(command)
      session.take('service', answer)
      return toClient.write(answer)
    }
    this.#instead = (value, said) => {
      const altered = alteredAnswer(value, to, text)
      if (!altered) missed()
      session.take('service', altered ?? said)
      return toClient.write(altered ?? said)
    }
    await toServer.write(bytes)
  }
}
