import type { Greeting, Handshake } from './greet.ts'

const clientId = 'mortar'

/** CONNECT of MQTT 3.1.1 with a clean session, answered by CONNACK. @see MQTT 3.1.1, sections 3.1 and 3.2 */
export const mqttHandshake: Handshake<Greeting> = {
  opening: Buffer.from(
    `\x10${String.fromCharCode(12 + clientId.length)}\0\x04MQTT\x04\x02\0\x3c\0${String.fromCharCode(clientId.length)}${clientId}`,
    'latin1',
  ),
  read(received) {
    if (received.length > 0 && received[0] !== 0x20) throw new Error('it does not speak MQTT')
    if (received.length < 4) return undefined
    const code = received[3]
    if (code === 0) return {}
    if (code === 4 || code === 5) return { refused: 'it asks for a password' }
    throw new Error(`it refused the connection with code ${code}`)
  },
}
