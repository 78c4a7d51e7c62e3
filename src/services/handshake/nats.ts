import { readUpTo } from '../../core/read-up-to.ts'
import type { ServiceAccount } from '../service-request.ts'
import type { Greeting, Handshake } from './greet.ts'

/** INFO from the server, then CONNECT and PING from us, then PONG. @see NATS client protocol */
export function natsHandshake({ user, password }: ServiceAccount): Handshake<Greeting> {
  const login = user === undefined ? {} : { user, pass: password }
  const connect = JSON.stringify({ verbose: false, pedantic: false, name: 'mortar', ...login })
  return {
    read: (received, say) => read(received, () => say(`CONNECT ${connect}\r\nPING\r\n`)),
    async requestTls(server) {
      const line = (await readUpTo(server, (bytes) => bytes.indexOf('\n') + 1)).toString()
      if (!line.startsWith('INFO ')) throw new Error('it does not speak NATS')
      const { tls_required, tls_available, ...info } = JSON.parse(line.slice(5)) as Record<string, unknown>
      if (tls_required !== true && tls_available !== true) throw refused()
      return Buffer.from(`INFO ${JSON.stringify(info)}\r\n`)
    },
  }
}

function refused(): Error {
  return Object.assign(new Error('the server does not speak TLS'), { code: 'ERR_TLS_REFUSED' })
}

function read(received: Buffer, login: () => void): Greeting | undefined {
  const [info = '', ...lines] = received.toString().split('\r\n')
  if (!'INFO '.startsWith(info.slice(0, 5))) throw new Error('it does not speak NATS')
  if (lines.length === 0) return undefined
  const { version, tls_required: wantsTls } = JSON.parse(info.slice(5)) as {
    version?: string
    tls_required?: boolean
  }
  const greeting = version === undefined ? {} : { version }
  if (wantsTls) return { ...greeting, refused: 'it asks for TLS' }
  const answer = lines.find((line) => line.startsWith('-ERR') || line === 'PONG')
  if (answer === 'PONG') return greeting
  if (answer) return { ...greeting, refused: answer.slice(5) }
  if (lines.length === 1 && lines[0] === '') login()
  return undefined
}
