import { readUpTo } from '../../core/read-up-to.ts'
import { packet } from '../../protocols/mysql/encode.ts'
import { readGreeting, tlsRequest } from '../../protocols/mysql/handshake.ts'
import { capability } from '../../protocols/mysql/types.ts'
import type { Greeting, Handshake } from './greet.ts'

/** The greeting with which a server opens every connection. @see MySQL manual, "Protocol::HandshakeV10" */
export const mysqlHandshake: Handshake<Greeting> = {
  async requestTls(server) {
    const said = await readUpTo(server, wholePacket)
    if (mysqlHandshake.read(said, () => {}) === undefined) throw new Error('it does not speak MySQL')
    if ((readGreeting(said.subarray(4)).capabilities & capability.tls) === 0)
      throw Object.assign(new Error('the server does not speak TLS'), { code: 'ERR_TLS_REFUSED' })
    const request = Buffer.alloc(32)
    request.writeUInt32LE(capability.mysql | capability.protocol41 | capability.secureConnection)
    server.write(packet(1, tlsRequest(request)))
    return said
  },
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

function wholePacket(bytes: Buffer): number {
  const end = bytes.length < 4 ? 0 : 4 + bytes.readUIntLE(0, 3)
  return bytes.length < end ? 0 : end
}
