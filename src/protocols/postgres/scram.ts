import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

/** The client's side of SCRAM-SHA-256, without channel binding. @see RFC 5802, RFC 7677 */
export interface Scram {
  readonly first: string
  /** The answer to the server's first message. */
  final(serverFirst: string): string
  /** Whether the server knows the password too. */
  verify(serverFinal: string): boolean
}

/** Begins a conversation. PostgreSQL takes the user from the start-up message, so none is named here. */
export function beginScram(password: string, nonce: string = randomBytes(18).toString('base64')): Scram {
  const bare = `n=*,r=${nonce}`
  let proofOfServer: Buffer | undefined
  return {
    first: `n,,${bare}`,
    final(serverFirst) {
      const { r = '', s = '', i = '' } = attributes(serverFirst)
      if (!r.startsWith(nonce)) throw new Error('the server answered to another SCRAM conversation')
      const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(s, 'base64'), Number(i), 32, 'sha256')
      const clientKey = hmac(salted, 'Client Key')
      const without = `c=biws,r=${r}`
      const conversation = `${bare},${serverFirst},${without}`
      const signature = hmac(createHash('sha256').update(clientKey).digest(), conversation)
      proofOfServer = hmac(hmac(salted, 'Server Key'), conversation)
      return `${without},p=${Buffer.from(clientKey.map((byte, at) => byte ^ signature[at]!)).toString('base64')}`
    },
    verify(serverFinal) {
      const said = Buffer.from(attributes(serverFinal)['v'] ?? '', 'base64')
      return proofOfServer !== undefined && said.length === proofOfServer.length && timingSafeEqual(said, proofOfServer)
    },
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function attributes(message: string): Record<string, string | undefined> {
  return Object.fromEntries(message.split(',').map((part) => [part[0] ?? '', part.slice(2)]))
}
