import type { Greeting, Handshake } from './greet.ts'

/** The protocol header, answered by Connection.Start. @see AMQP 0-9-1 specification, 4.2.2 and 1.4.2.1 */
export const amqpHandshake: Handshake<Greeting> = {
  opening: Buffer.from('AMQP\0\0\u0009\u0001', 'latin1'),
  read(received) {
    if (received.length < 11) return undefined
    if (received.toString('latin1', 0, 4) === 'AMQP') throw new Error('it does not speak AMQP 0-9-1')
    const end = 7 + received.readUInt32BE(3)
    const isStart = received[0] === 1 && received.readUInt16BE(7) === 10 && received.readUInt16BE(9) === 10
    if (!isStart || end > 100_000) throw new Error('it does not speak AMQP')
    if (received.length <= end) return undefined
    // A field of the table: length and name, then `S` and a long string.
    const field = received.indexOf('\u0007versionS', 0, 'latin1')
    if (field < 0) return {}
    const from = field + 13
    return { version: received.toString('utf8', from, from + received.readUInt32BE(from - 4)) }
  },
}
