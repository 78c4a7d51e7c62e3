import type { ServiceAccount } from '../service-request.ts'
import type { Greeting, Handshake } from './greet.ts'

/** AUTH where there is a password, PING, and the version from INFO. @see Redis serialization protocol specification */
export function redisHandshake({ user, password }: ServiceAccount): Handshake<Greeting> {
  const login = password === undefined ? '' : command('AUTH', ...(user === undefined ? [] : [user]), password)
  return {
    opening: Buffer.from(login + command('PING')),
    read: (received, say) => read(received.toString('latin1'), login !== '', say),
  }
}

/** A command as RESP has it. */
export function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

function read(all: string, withLogin: boolean, say: (bytes: string) => void): Greeting | undefined {
  if (withLogin && '+OK\r\n'.startsWith(all)) return undefined
  const text = withLogin && all.startsWith('+OK\r\n') ? all.slice(5) : all
  const lineEnd = text.indexOf('\r\n')
  if (lineEnd < 0 && text.length < 1000) return undefined
  const first = text.slice(0, lineEnd)
  if (/^-(?:NOAUTH|NOPERM|WRONGPASS)/.test(first)) return { refused: 'it asks for a password' }
  if (first.startsWith('-')) throw new Error(first.slice(1))
  if (first !== '+PONG') throw new Error('it does not speak Redis')
  const rest = text.slice(lineEnd + 2)
  if (rest === '') {
    say(command('INFO', 'server'))
    return undefined
  }
  if (rest.startsWith('-')) return {}
  const length = /^\$(\d+)\r\n/.exec(rest)
  if (!length || rest.length < length[0].length + Number(length[1])) return undefined
  const version = /^(?:redis|valkey)_version:(\S+)/m.exec(rest)?.[1]
  return version === undefined ? {} : { version }
}
