import type { NatsFrame } from './scanner.ts'

/** The bytes of an operation whose body is whole. */
export function encodeFrame({ op, args, headers, body }: Omit<NatsFrame, 'size'>): Buffer {
  const words: string[] = [op, ...args.filter((arg) => arg !== '')]
  if (op === 'HPUB' || op === 'HMSG') words.push(`${headers.length}`, `${headers.length + body.length}`)
  else if (op === 'PUB' || op === 'MSG') words.push(`${body.length}`)
  else return Buffer.from(`${words.join(' ')}\r\n`)
  return Buffer.concat([Buffer.from(`${words.join(' ')}\r\n`), headers, body, Buffer.from('\r\n')])
}

/** An error on one line. */
export function errorLine(message: string): Buffer {
  return Buffer.from(`-ERR '${message.replaceAll(/[\r\n']+/g, ' ').trim()}'\r\n`)
}
