import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Faults } from '../../../src/core/fault.ts'
import type { MqttQuestion, MqttReply } from '../../../src/protocols/mqtt/message.ts'
import { mqttWire } from '../../../src/protocols/mqtt/mqtt-wire.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { installed } from '../../support/server-process.ts'
import { wireRelay, type WireRelay } from '../../support/wire-relay.ts'

/** mosquitto of this machine; absent: tests are skipped, and it has been said. */
export const mosquitto: string | undefined = installed('mosquitto')

/** The client library, where it is. */
export const mqtt: Client = optionalPackage('mqtt')

/** An object of a client library, whose types are absent where the library is. */
export type Client = ReturnType<typeof optionalPackage>

/** How a mosquitto that is open to everyone is started. */
export function mosquittoArguments(port: number, folder: string): string[] {
  const file = join(folder, 'mosquitto.conf')
  const user = process.getuid?.() === 0 ? 'user root\n' : ''
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n${user}`)
  return ['-c', file]
}

/** A relay to a mosquitto that runs. */
export function mqttRelay(port: number, faults?: Faults): Promise<WireRelay<MqttQuestion, MqttReply>> {
  return wireRelay(mqttWire(), port, faults)
}

/** A client that is connected, and leaves when the test is over. */
export async function connect(port: number, options: object = {}): Promise<Client> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options })
  onTestFinished(() => void client.end(true))
  await Promise.race([
    once(client, 'connect'),
    once(client, 'close').then(() => Promise.reject(new Error('the broker closed the connection'))),
  ])
  client.on('error', () => {})
  return client
}

/** Bodies of what a client gets from now on, and a promise for so many of them. */
export function listen(client: Client): { readonly heard: string[]; until(count: number): Promise<string[]> } {
  const heard: string[] = []
  let check = (): void => {}
  client.on('message', (_topic: string, body: Buffer) => {
    heard.push(body.toString('latin1'))
    check()
  })
  return {
    heard,
    until: (count) =>
      new Promise((resolve) => {
        check = () => heard.length >= count && resolve(heard)
        check()
      }),
  }
}
