import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Faults } from '../../../src/core/fault.ts'
import { amqpWire } from '../../../src/protocols/amqp/amqp-wire.ts'
import type { AmqpQuestion, AmqpReply } from '../../../src/protocols/amqp/message.ts'
import { openServices } from '../../../src/services/open-services.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { wireRelay, type WireRelay } from '../../support/wire-relay.ts'
import { isInstalled, request } from '../providers/support.ts'

/** Whether there is a RabbitMQ; absent: tests are skipped, and it has been said. */
export const hasRabbit: boolean = isInstalled('amqp')

/** An object of a client library, whose types are absent where the library is. */
export type Client = ReturnType<typeof optionalPackage>

/** The client library, where it is. */
export const amqplib: Client = optionalPackage('amqplib')

/** A RabbitMQ of its own. */
export interface Rabbit {
  readonly port: number
  readonly url: string
  stop(): Promise<void>
}

/** Starts one, from what was prepared on this machine: one for each file. */
export async function startRabbit(settings: Readonly<Record<string, string>> = {}): Promise<Rabbit> {
  const project = mkdtempSync(join(tmpdir(), 'mortar-rabbit-'))
  const { PATH, HOME, XDG_CACHE_HOME } = process.env
  const env = { PATH, HOME, XDG_CACHE_HOME }
  const services = await openServices([request('amqp', { settings })], { project, env })
  const { port, url } = services.services[0]!
  return {
    port,
    url,
    async stop() {
      await services.close()
      rmSync(project, { recursive: true, force: true })
    },
  }
}

/** A relay to a RabbitMQ that runs. */
export function amqpRelay(port: number, faults?: Faults): Promise<WireRelay<AmqpQuestion, AmqpReply>> {
  return wireRelay(amqpWire(), port, faults)
}

/** A client that leaves when the test is over. */
export async function connect(port: number, path = '', options: object = {}): Promise<Client> {
  const client = await amqplib.connect(`amqp://guest:guest@127.0.0.1:${port}${path}`, options)
  client.on('error', () => {})
  onTestFinished(() => client.close().catch(() => {}))
  return client
}

/** A channel whose errors are kept. */
export async function channelOf(client: Client, kind: 'plain' | 'confirm' = 'plain'): Promise<Client> {
  const channel = await (kind === 'confirm' ? client.createConfirmChannel() : client.createChannel())
  channel.failures = []
  channel.on('error', (error: Error) => channel.failures.push(error))
  return channel
}

/** Consumes a queue; the messages are kept, and can be waited for. */
export async function consume(channel: Client, queue: string, options: object = {}): Promise<Inbox> {
  const messages: Client[] = []
  const waiting: { count: number; resolve: (messages: Client[]) => void }[] = []
  const { consumerTag } = await channel.consume(
    queue,
    (message: Client) => {
      messages.push(message)
      for (const each of waiting.splice(0))
        if (messages.length >= each.count) each.resolve(messages)
        else waiting.push(each)
    },
    options,
  )
  return {
    consumerTag,
    messages,
    bodies: () => messages.map((message) => message?.content.toString()),
    received: (count) =>
      messages.length >= count
        ? Promise.resolve(messages)
        : new Promise((resolve) => void waiting.push({ count, resolve })),
  }
}

/** What a consumer was brought. */
export interface Inbox {
  readonly consumerTag: string
  readonly messages: Client[]
  bodies(): string[]
  /** Resolves when so many have come. */
  received(count: number): Promise<Client[]>
}
