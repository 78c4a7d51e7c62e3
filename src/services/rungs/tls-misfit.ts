import { MortarError } from '../../core/errors.ts'
import type { ClientTls } from '../../engine/client-tls.ts'
import { greet, type Greeting, type Handshake } from '../handshake/greet.ts'

/** A server as its address has it. */
export interface ServerPlace {
  readonly variable: string
  readonly title: string
  readonly host: string
  readonly port: number
  readonly handshake: Handshake<Greeting>
  /** As the address says; `undefined`: in the clear. */
  readonly tls: ClientTls | undefined
}

const timeoutMs = 3_000

/** How servers say that they take nobody in the clear, where they say it before a login. */
const demandsTls = /it asks for TLS|no pg_hba\.conf entry .*no encryption|SSL off/

const untrusted = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA)/

/**
 * Why a server that is there could not be greeted, if it is for TLS: it speaks it and the address does not say so, the
 * other way round, or it is not trusted.
 */
export async function tlsMisfit(place: ServerPlace, failure: NodeJS.ErrnoException): Promise<MortarError | undefined> {
  const { tls, title, variable, host, port } = place
  const what = `${title} at ${host}:${port}`
  if (tls && untrusted.test(failure.code ?? '')) {
    const message = `the certificate of ${what} is not trusted: ${failure.message}`
    const hint = 'Name its authority in the address, or in NODE_EXTRA_CA_CERTS before Mortar is started.'
    return new MortarError('MORTAR_SERVER_TLS', message, { where: variable, hint, cause: failure })
  }
  // Nobody is there at all.
  if (failure.syscall === 'connect' || failure.syscall === 'getaddrinfo') return undefined
  if (!tls) return (await answer(place, unchecked(host))) && speaksTls(place)
  if (failure.code !== 'ERR_TLS_REFUSED' && !(await answer(place, undefined))) return undefined
  return new MortarError('MORTAR_SERVER_TLS', `${what} does not speak TLS, as its address says`, {
    where: variable,
    hint: 'Take TLS out of the address, or name the port on which the server speaks it.',
    cause: failure,
  })
}

/** Whether the server has refused us for want of TLS: in TLS it does not. */
export async function wantsTls(place: ServerPlace, { refused = '' }: Greeting): Promise<boolean> {
  if (!demandsTls.test(refused)) return false
  const secured = await answer(place, unchecked(place.host))
  return secured !== undefined && !/no pg_hba\.conf entry/.test(secured.refused ?? '')
}

/** The server takes nobody in the clear. */
export function speaksTls({ title, variable, host, port }: ServerPlace): MortarError {
  return new MortarError(
    'MORTAR_SERVER_TLS',
    `${title} at ${host}:${port} demands TLS, which its address does not say`,
    {
      where: variable,
      hint: hints[title] ?? 'Say in the address that it speaks TLS.',
    },
  )
}

const hints: Readonly<Record<string, string>> = {
  PostgreSQL: 'Add `sslmode=require` or `sslmode=verify-full` to the address.',
  Redis: 'Write `rediss://` in the address.',
  RabbitMQ: 'Write `amqps://` in the address.',
  NATS: 'Write `tls://` in the address.',
  Mosquitto: 'Write `mqtts://` in the address.',
}

const unchecked = (servername: string): ClientTls => ({ servername, alpn: [], rejectUnauthorized: false })

async function answer(
  { handshake, host, port }: ServerPlace,
  tls: ClientTls | undefined,
): Promise<Greeting | undefined> {
  try {
    return await greet(handshake, { host, port, ...(tls && { tls }), timeoutMs })
  } catch {
    return undefined
  }
}
