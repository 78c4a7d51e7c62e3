import type { Socket } from 'node:net'
import type { JsonObject } from '../../core/json.ts'
import type { ClientTls } from '../../engine/client-tls.ts'
import { openConnection } from '../../engine/connect.ts'
import { bypass } from '../../engine/originals.ts'
import { type AmqpUnit, Assembler } from '../../protocols/amqp/assembler.ts'
import { encodeContent, encodeMethod } from '../../protocols/amqp/encode.ts'
import { AmqpScanner } from '../../protocols/amqp/scanner.ts'
import { protocolHeader } from '../../protocols/amqp/types.ts'
import { realAbortAfter } from '../../core/real-clock.ts'

/** Whom to log in as, where, and to what. */
export interface RabbitPlace {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly vhost: string
  /** Left out: it is spoken to in the clear. */
  readonly tls?: ClientTls
}

/** A broker's no. */
export class RabbitRefusal extends Error {
  readonly code: number

  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

const timeoutMs = 10_000

/**
 * A connection of ours to RabbitMQ: one method after the other, on one channel that is opened again when the broker
 * closes it. Its promises reject with {@link RabbitRefusal}, or as the connection does.
 */
export class RabbitClient {
  readonly #socket: Socket
  readonly #scanner = new AmqpScanner()
  readonly #assembler = new Assembler()
  #turn: Promise<unknown> = Promise.resolve()
  #channel = 0
  #open = false
  #answer: PromiseWithResolvers<AmqpUnit> | undefined
  #lost: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    const lose = (error: Error): void => {
      this.#lost ??= error
      this.#answer?.reject(this.#lost)
    }
    socket.on('error', lose).once('close', () => lose(new Error('RabbitMQ closed the connection')))
    socket.on('data', (chunk: Buffer) => {
      try {
        for (let scanned = this.#scanner.next(chunk, 0); scanned; scanned = this.#scanner.next(chunk, scanned.end)) {
          const unit = this.#assembler.take(scanned.frame)
          if (unit) this.#said(unit)
        }
      } catch (error) {
        lose(error as Error)
        socket.destroy()
      }
    })
  }

  /** @throws RabbitRefusal when it does not let us in; Error when there is no connection */
  static async open({ host, port, user, password, vhost, tls }: RabbitPlace): Promise<RabbitClient> {
    const signal = realAbortAfter(timeoutMs)
    const target = { host, port, timeoutMs, signal, scheme: 'tcp', ...(tls && { tls }) } as const
    const socket = await bypass(() => openConnection(target))
    const client = new RabbitClient(socket)
    const late = (): void => void socket.destroy(new Error(`no answer within ${timeoutMs} ms`))
    signal.addEventListener('abort', late)
    try {
      await client.#ask(protocolHeader)
      // Without the capability a refused login ends without a word.
      const clientProperties = { product: 'mortar', capabilities: { authentication_failure_close: true } }
      const login = { clientProperties, mechanism: 'PLAIN', response: `\0${user}\0${password}`, locale: 'en_US' }
      const { fields } = await client.#ask(encodeMethod(0, 'connection.start-ok', login))
      socket.write(encodeMethod(0, 'connection.tune-ok', { ...fields, heartbeat: 0 }))
      await client.#ask(encodeMethod(0, 'connection.open', { vhost }))
      return client
    } catch (error) {
      socket.destroy()
      throw error
    } finally {
      signal.removeEventListener('abort', late)
    }
  }

  /** Asks, and gives the answer's arguments. */
  call(name: string, fields: JsonObject = {}): Promise<AmqpUnit> {
    return this.#inTurn(async () => {
      await this.#ready()
      return this.#ask(encodeMethod(this.#channel, name, fields))
    })
  }

  /** Puts a message into a queue; the next call's answer comes after it. */
  put(queue: string, body: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#ready()
      this.#socket.write(
        encodeContent({
          channel: this.#channel,
          name: 'basic.publish',
          fields: { routingKey: queue },
          properties: {},
          body: Buffer.from(body),
          frameMax: 4096,
        }),
      )
    })
  }

  /** Ends it; what was exclusive to it is gone then. */
  async close(): Promise<void> {
    const over = new Promise((resolve) => void this.#socket.once('close', resolve))
    if (this.#socket.destroyed) return
    await this.#inTurn(() => this.#ask(encodeMethod(0, 'connection.close', { code: 200, text: 'done' }))).catch(
      () => {},
    )
    this.#socket.destroy()
    await over
  }

  async #ready(): Promise<void> {
    if (this.#open) return
    await this.#ask(encodeMethod(++this.#channel, 'channel.open'))
    this.#open = true
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  #ask(bytes: Buffer): Promise<AmqpUnit> {
    if (this.#lost) return Promise.reject(this.#lost)
    const answer = Promise.withResolvers<AmqpUnit>()
    this.#answer = answer
    this.#socket.write(bytes)
    return answer.promise
  }

  #said(unit: AmqpUnit): void {
    const { name, fields, channel } = unit
    if (name === 'channel.close' || name === 'connection.close') {
      this.#socket.write(encodeMethod(channel, `${name}-ok`))
      if (name === 'channel.close') this.#open = false
      this.#answer?.reject(new RabbitRefusal(Number(fields['code']), String(fields['text'] as string)))
    } else if (name.startsWith('connection.') && name.endsWith('blocked')) return
    else this.#answer?.resolve(unit)
    this.#answer = undefined
  }
}
