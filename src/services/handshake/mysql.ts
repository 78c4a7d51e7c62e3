import type { Greeting, Handshake } from './greet.ts'

/** The greeting with which a server opens every connection. @see MySQL manual, "Protocol::HandshakeV10" */
export const mysqlHandshake: Handshake<Greeting> = {
  read(received) {
    if (received.length < 5) return undefined
    const end = 4 + received.readUIntLE(0, 3)
    if (received[3] !== 0 || end > 10_000) throw new Error('it does not speak MySQL')
    if (received.length < end) return undefined
    // An error in place of the greeting: too many connections, a blocked host.
    if (received[4] === 0xff) throw new Error(received.toString('utf8', 7, end))
    if (received[4] !== 10) throw new Error('it does not speak MySQL')
    const version = received.toString('latin1', 5, received.indexOf(0, 5))
    // MariaDB up to 10 puts a version in front of its own that old clients understand.
    return { version: version.replace(/^5\.5\.5-/, '') }
  },
}
