import { once } from 'node:events'
import net from 'node:net'
import { onTestFinished } from 'vitest'
import type { Faults } from '../../../src/core/fault.ts'
import type { NatsQuestion, NatsReply } from '../../../src/protocols/nats/message.ts'
import { natsWire } from '../../../src/protocols/nats/nats-wire.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { installed } from '../../support/server-process.ts'
import { wireRelay, type WireRelay } from '../../support/wire-relay.ts'

/** NATS of this machine; absent: tests are skipped, and it has been said. */
export const natsServer: string | undefined = installed('nats-server')

/** The client library, where it is. */
export const transport: Client = optionalPackage('@nats-io/transport-node')

/** Its streams, where they are. */
export const jetstream: Client = optionalPackage('@nats-io/jetstream')

/** An object of a client library, whose types are absent where the library is. */
export type Client = ReturnType<typeof optionalPackage>

/** How a NATS with JetStream is started. */
export function natsArguments(port: number, folder: string): string[] {
  return ['-a', '127.0.0.1', '-p', `${port}`, '-js', '-sd', folder]
}

/** A relay to a NATS that runs. */
export function natsRelay(port: number, faults?: Faults): Promise<WireRelay<NatsQuestion, NatsReply>> {
  return wireRelay(natsWire(), port, faults)
}

/** A client that leaves when the test is over. */
export async function connect(port: number, options: object = {}): Promise<Client> {
  const client = await transport.connect({ servers: `127.0.0.1:${port}`, ...options })
  onTestFinished(() => client.close().catch(() => {}))
  return client
}

/** Sends bytes, and waits until what has come since the last wait looks like `until`. */
export async function raw(port: number): Promise<(bytes: string, until: RegExp) => Promise<string>> {
  const socket = net.connect(port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  let heard = ''
  let check = (): void => {}
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text
    check()
  })
  return (bytes, until) => {
    socket.write(bytes)
    return new Promise((resolve) => {
      check = () => {
        if (!until.test(heard)) return
        check = () => {}
        resolve(heard)
        heard = ''
      }
      check()
    })
  }
}
