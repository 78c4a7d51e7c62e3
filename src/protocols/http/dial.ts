import type { ClientHttp2Session } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Peer } from '../../core/peer.ts'
import type { Connect } from '../../core/protocol.ts'
import { type Asking, dialHttp1 } from './dial-http1.ts'
import type { HttpQuestion, HttpReply } from './message.ts'
import { Reception } from './reception.ts'

/**
 * Asks a service over the version of HTTP in which the question was asked, or HTTP/1.1 where the service has no other.
 * Trouble with the service is an answer, not an error.
 *
 * @param timeoutMs - How long the service may take until its next byte, milliseconds.
 */
export function createDial(timeoutMs: number): (connect: Connect) => Peer<HttpQuestion, HttpReply> {
  return (connect) => {
    const spare: Duplex[] = []
    const http1 = dialHttp1(async () => spare.pop() ?? connect())
    let http2: Asking | undefined
    return (question, signal) => {
      const reception = new Reception(signal, timeoutMs)
      if (reception.isOver) return reception.replies
      if (question.version === '2') {
        http2 ??= dialHttp2(connect, http1, spare)
        http2(question, reception)
      } else http1(question, reception)
      return reception.replies
    }
  }
}

const loadHttp2 = (): Promise<typeof import('./dial-http2.ts')> => import('./dial-http2.ts')

/** Shares one session between all questions; `instead` asks where the service does not speak HTTP/2 after all. */
function dialHttp2(connect: Connect, instead: Asking, spare: Duplex[]): Asking {
  let session: Promise<ClientHttp2Session | undefined> | undefined

  async function open(url: string): Promise<ClientHttp2Session | undefined> {
    const connection = await connect()
    if (speaks2(connection, url)) return (await loadHttp2()).openSession(connection, url)
    spare.push(connection)
    return undefined
  }

  async function ask(question: HttpQuestion, reception: Reception, isAgain: boolean): Promise<void> {
    const opening = (session ??= open(question.url))
    try {
      const opened = await opening
      if (reception.isOver) return
      if (!opened) return instead(question, reception)
      const { askHttp2, isUsable } = await loadHttp2()
      if (reception.isOver) return
      if (!isUsable(opened)) {
        if (session === opening) session = undefined
        return await ask(question, reception, isAgain)
      }
      const again = (): void => {
        if (session === opening) session = undefined
        void ask(question, reception, true)
      }
      askHttp2(opened, question, reception, isAgain ? undefined : again)
    } catch (error) {
      if (session === opening) session = undefined
      reception.failWith(error)
    }
  }

  return (question, reception) => void ask(question, reception, false)
}

// Without TLS there is nothing to negotiate with: whoever asks in HTTP/2 knows that the service speaks it.
function speaks2(connection: Duplex, url: string): boolean {
  const { alpnProtocol } = connection as Duplex & { alpnProtocol?: string | false | null }
  return alpnProtocol === 'h2' || (alpnProtocol === undefined && url.startsWith('http:'))
}
