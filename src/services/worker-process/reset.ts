import { MortarError } from '../../core/errors.ts'
import { greet, type Handshake } from '../handshake/greet.ts'

/** Where a server is, and who we are there. */
export interface ServerPlace {
  readonly host: string
  readonly port: number
  readonly user?: string
  readonly password?: string
}

const timeoutMs = 10_000

/** Says something to a server on a connection of its own. @throws MortarError `MORTAR_SERVICE_FAILED` */
export async function say<T>(title: string, { host, port }: ServerPlace, words: Handshake<T>): Promise<T> {
  try {
    return await greet(words, { host, port, timeoutMs })
  } catch (cause) {
    throw new MortarError('MORTAR_SERVICE_FAILED', `${title} could not be made to forget what a test had left in it`, {
      where: `${host}:${port}`,
      seen: (cause as Error).message,
      cause,
    })
  }
}
