import type { Duplex } from 'node:stream'
import { realClearTimeout, realSetTimeout } from '../../core/real-clock.ts'
import { readStartup } from './decode.ts'
import { errorResponse, sslRequest } from './encode.ts'
import { readExactly } from './read-exactly.ts'
import { untyped } from './types.ts'

/** What a client opened its connection for. */
export type Greeting =
  | {
      readonly kind: 'startup'
      /** The connection to go on with; another one than before when TLS was agreed on. */
      readonly client: Duplex
      readonly bytes: Buffer
      readonly parameters: ReadonlyMap<string, string>
    }
  | { readonly kind: 'cancel'; readonly client: Duplex; readonly key: Buffer }
  | { readonly kind: 'gone' }
  | { readonly kind: 'foreign'; readonly spoken: string }

// The server's own limit.
const longestStartup = 10_000

/** How clients are greeted. */
export interface GreetOptions {
  /** Left out: the client is told to go without TLS, and decides by itself whether it does. */
  readonly acceptTls?: ((client: Duplex) => Promise<Duplex>) | undefined
  /** Told of a client that speaks something else, in words for people. */
  readonly strange?: ((spoken: string) => void) | undefined
  /** How long the client may take, milliseconds (default 60 000, as the server's `authentication_timeout`). */
  readonly timeoutMs?: number
}

/**
 * Reads what a client sends before its first typed message, and settles whether TLS is spoken.
 *
 * @throws What `acceptTls` does.
 */
export async function greet(client: Duplex, options: GreetOptions = {}): Promise<Greeting> {
  const late = realSetTimeout(() => {
    options.strange?.('nothing that is a whole greeting')
    client.destroy()
  }, options.timeoutMs ?? 60_000)
  late.unref()
  try {
    const greeting = await hear(client, options)
    if (greeting.kind === 'foreign') options.strange?.(greeting.spoken)
    return greeting
  } finally {
    realClearTimeout(late)
  }
}

async function hear(client: Duplex, { acceptTls }: GreetOptions): Promise<Greeting> {
  let current = client
  for (;;) {
    const head = await readExactly(current, 4)
    if (!head) return { kind: 'gone' }
    const length = head.readUInt32BE(0)
    if (length < 8 || length > longestStartup) return refuseForeign(current, head)
    const rest = await readExactly(current, length - 4)
    if (!rest) return { kind: 'gone' }
    const code = rest.readUInt32BE(0)
    if (code === untyped.cancel) return { kind: 'cancel', client: current, key: rest.subarray(4) }
    if (code === untyped.ssl && acceptTls && current === client) {
      current.write('S')
      current = await acceptTls(current)
    } else if (code === untyped.ssl || code === untyped.gss) current.write('N')
    else if (code >>> 16 === 3)
      return {
        kind: 'startup',
        client: current,
        bytes: Buffer.concat([head, rest]),
        parameters: readStartup(rest.subarray(4)),
      }
    else {
      const version = `version ${code >>> 16}.${code & 0xffff}`
      return refuse(current, `${version} of its protocol`, `protocol ${version} is not supported`)
    }
  }
}

/**
 * Agrees with the server on TLS, before anything else is sent.
 *
 * @throws Error with code `ECONNRESET` when the server closes, `ERR_TLS_REFUSED` when it does not speak TLS.
 */
export async function requestTls(server: Duplex, secure: (server: Duplex) => Promise<Duplex>): Promise<Duplex> {
  server.write(sslRequest)
  // Exactly one byte: what comes after it is TLS already.
  const answer = (await readExactly(server, 1))?.toString('latin1')
  if (answer === 'S') return secure(server)
  const [code, message] = answer
    ? ['ERR_TLS_REFUSED', 'the server does not speak TLS']
    : ['ECONNRESET', 'the server closed the connection when it was asked for TLS']
  throw Object.assign(new Error(message), { code })
}

function refuse(client: Duplex, spoken: string, message: string): Greeting {
  client.end(errorResponse({ S: 'FATAL', V: 'FATAL', C: '08P01', M: `${message} (Mortar)` }))
  return { kind: 'foreign', spoken }
}

function refuseForeign(client: Duplex, head: Buffer): Greeting {
  if (head[0] === 0x16 && head[1] === 3)
    return refuse(client, 'TLS without asking for it', 'TLS was spoken without asking for it first')
  const text = head.toString('latin1')
  return /^[A-Z]{3}/.test(text)
    ? refuse(client, `\`${text.trim()}\``, `this is PostgreSQL, not the protocol of \`${text.trim()}\``)
    : refuse(client, 'another protocol', 'this is not PostgreSQL')
}
