import type { MqttQuestion } from '../../protocols/mqtt/message.ts'
import { say, type ServerPlace } from './reset.ts'

/** The topic on which a question leaves a message for those who come later. */
export function retainedTopic({ kind, retain, topic }: MqttQuestion): string | undefined {
  return kind === 'publish' && retain ? topic : undefined
}

/** Takes back the messages that are retained on topics. @see MQTT 3.1.1, section 3.3.1.3 */
export async function resetMqtt(server: ServerPlace, topics: ReadonlySet<string>): Promise<void> {
  const { user, password } = server
  let begun = false
  await say('The MQTT broker', server, {
    opening: connect(user, password),
    read(received, write) {
      if (received.length < 4) return undefined
      if (received[3] !== 0) throw new Error(`it refused the connection with code ${received[3]}`)
      if (!begun) {
        begun = true
        write(Buffer.concat([...topics].map((topic, i) => publishNothing(topic, i + 1))))
      }
      // A PUBACK is four bytes, as the CONNACK is.
      return received.length >= 4 * (topics.size + 1) ? true : undefined
    },
  })
}

function connect(user: string | undefined, password: string | undefined): Buffer {
  const flags = 2 | (user === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40)
  const rest = [text(''), ...[user, password].filter((word) => word !== undefined).map(text)]
  return packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, flags, 0, 60]), ...rest]))
}

/** A retained message without a body, to be acknowledged. */
function publishNothing(topic: string, id: number): Buffer {
  return packet(0x33, Buffer.concat([text(topic), Buffer.from([id >> 8, id & 0xff])]))
}

function packet(type: number, body: Buffer): Buffer {
  const length: number[] = []
  let left = body.length
  do {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0))
    left >>= 7
  } while (left > 0)
  return Buffer.concat([Buffer.from([type, ...length]), body])
}

function text(word: string): Buffer {
  const bytes = Buffer.from(word)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}
