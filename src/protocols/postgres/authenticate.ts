import { createHash } from 'node:crypto'
import { BodyReader } from './decode.ts'
import { message } from './encode.ts'
import { beginScram, type Scram } from './scram.ts'
import { fromClient } from './types.ts'

const [ok, cleartext, md5, sasl, saslContinue, saslFinal] = [0, 3, 5, 10, 11, 12]

/** Answers the server's requests for a password, one after another. */
export class Authentication {
  readonly #user: string
  readonly #password: string
  #scram: Scram | undefined

  constructor(user: string, password: string) {
    this.#user = user
    this.#password = password
  }

  /**
   * What to send for an authentication message, if anything.
   *
   * @throws Error for a way to authenticate that is not known here, and for a server that does not know the password.
   */
  answer(body: Buffer): Buffer | undefined {
    const kind = body.readInt32BE(0)
    const rest = body.subarray(4)
    switch (kind) {
      case ok:
        return undefined
      case cleartext:
        return message(fromClient.password, this.#password)
      case md5: {
        const inner = digest(this.#password + this.#user)
        return message(fromClient.password, `md5${digest(Buffer.concat([Buffer.from(inner), rest]))}`)
      }
      case sasl:
        return this.#begin(rest)
      case saslContinue:
        return message(fromClient.password, Buffer.from(this.#scram!.final(rest.toString())))
      case saslFinal:
        if (this.#scram!.verify(rest.toString())) return undefined
        throw new Error('the server does not know the password that it asked for')
      default:
        throw new Error(`the server asks for a way to authenticate (${kind}) that Mortar does not have`)
    }
  }

  #begin(mechanisms: Buffer): Buffer {
    const reader = new BodyReader(mechanisms)
    const offered: string[] = []
    while (!reader.done) offered.push(reader.text())
    if (!offered.includes('SCRAM-SHA-256')) throw new Error(`the server offers only ${offered.join(', ')}`)
    this.#scram = beginScram(this.#password)
    const first = Buffer.from(this.#scram.first)
    const length = Buffer.alloc(4)
    length.writeInt32BE(first.length)
    return message(fromClient.password, 'SCRAM-SHA-256', length, first)
  }
}

function digest(text: string | Buffer): string {
  return createHash('md5').update(text).digest('hex')
}
