import type { Resp } from './resp.ts'

const version = '7.0.0'
const ok: Resp = { type: 'simple', text: 'OK' }

/** Answers what clients ask of any server before, between and after their own commands. */
export class Greeter {
  #database = 0
  #protocol: 2 | 3 = 2
  #leaving = false

  /** What is selected. */
  get database(): number {
    return this.#database
  }

  /** QUIT has been asked. */
  get leaving(): boolean {
    return this.#leaving
  }

  /** The answer, or `undefined` for a command that only a server can answer. */
  answer(args: readonly Uint8Array[]): Resp | undefined {
    const [command = '', first = ''] = args.slice(0, 2).map((arg) => Buffer.from(arg).toString().toLowerCase())
    switch (command) {
      case 'hello':
        return this.#hello(first)
      case 'auth':
        return ok
      case 'client':
        return first === 'id' ? integer(1) : ok
      case 'select':
        this.#database = Number(first) || 0
        return ok
      case 'ping':
        return args.length > 1 ? bulk(Buffer.from(args[1]!)) : { type: 'simple', text: 'PONG' }
      case 'info':
        return bulk(Buffer.from(`redis_version:${version}\r\nredis_mode:standalone\r\nloading:0\r\nrole:master\r\n`))
      case 'reset':
        this.#database = 0
        this.#protocol = 2
        return { type: 'simple', text: 'RESET' }
      case 'quit':
        this.#leaving = true
        return ok
      default:
        return undefined
    }
  }

  #hello(wanted: string): Resp {
    if (wanted !== '' && wanted !== '2' && wanted !== '3')
      return { type: 'error', text: 'NOPROTO unsupported protocol version' }
    if (wanted !== '') this.#protocol = wanted === '3' ? 3 : 2
    const said: Readonly<Record<string, Resp>> = {
      server: text('redis'),
      version: text(version),
      proto: integer(this.#protocol),
      id: integer(1),
      mode: text('standalone'),
      role: text('master'),
      modules: { type: 'array', items: [] },
    }
    const items = Object.entries(said).flatMap(([name, value]) => [text(name), value])
    return { type: this.#protocol === 3 ? 'map' : 'array', items }
  }
}

function text(value: string): Resp {
  return bulk(Buffer.from(value))
}

function bulk(bytes: Buffer): Resp {
  return { type: 'bulk', bytes, size: bytes.length }
}

function integer(value: number): Resp {
  return { type: 'integer', text: String(value) }
}
