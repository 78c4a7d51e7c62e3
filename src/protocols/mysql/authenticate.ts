import { constants, createHash, publicEncrypt } from 'node:crypto'

/** Answers the server's questions for a password, one after another. */
export class Authentication {
  readonly #password: string
  #plugin = ''
  #scramble: Buffer = Buffer.alloc(0)

  constructor(password: string) {
    this.#password = password
  }

  /** What to answer a plugin that begins. @throws Error for one that is not known here */
  begin(plugin: string, scramble: Buffer): Buffer {
    this.#plugin = plugin
    this.#scramble = Buffer.from(scramble.subarray(0, 20))
    switch (plugin) {
      case 'mysql_native_password':
        return this.#password === '' ? Buffer.alloc(0) : this.#native()
      case 'caching_sha2_password':
        return this.#password === '' ? Buffer.alloc(0) : this.#sha2()
      default:
        throw new Error(`the server asks for a way to authenticate (${plugin}) that Mortar does not have`)
    }
  }

  /** What to answer more that the plugin says, if anything. */
  more(data: Buffer): Buffer | undefined {
    if (this.#plugin !== 'caching_sha2_password') return undefined
    if (data.length === 1 && data[0] === fullAuthentication) return Buffer.from([publicKeyRequest])
    if (data.length < 2) return undefined
    const secret = Buffer.from(`${this.#password}\0`)
    const hidden = secret.map((byte, i) => byte ^ this.#scramble[i % this.#scramble.length]!)
    return publicEncrypt({ key: data.toString('utf8'), padding: constants.RSA_PKCS1_OAEP_PADDING }, Buffer.from(hidden))
  }

  #native(): Buffer {
    const once = hash('sha1', Buffer.from(this.#password))
    return xor(once, hash('sha1', Buffer.concat([this.#scramble, hash('sha1', once)])))
  }

  #sha2(): Buffer {
    const once = hash('sha256', Buffer.from(this.#password))
    return xor(once, hash('sha256', Buffer.concat([hash('sha256', once), this.#scramble])))
  }
}

const fullAuthentication = 4
const publicKeyRequest = 2

function hash(algorithm: string, bytes: Uint8Array): Buffer {
  return createHash(algorithm).update(bytes).digest()
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, i) => byte ^ other[i]!))
}
