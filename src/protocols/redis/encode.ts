import type { Resp } from './resp.ts'

const signs = {
  simple: '+',
  error: '-',
  integer: ':',
  double: ',',
  big: '(',
  bulk: '$',
  verbatim: '=',
  bulkError: '!',
  array: '*',
  set: '~',
  push: '>',
  map: '%',
  attribute: '|',
} as const
const nulls = { bulk: '$-1\r\n', array: '*-1\r\n', null: '_\r\n' } as const

/** The bytes of a value that is whole. */
export function encodeResp(value: Resp): Buffer {
  const parts: (Buffer | Uint8Array)[] = []
  put(value, parts)
  return Buffer.concat(parts)
}

/** A command as clients send it. */
export function encodeCommand(args: readonly (Uint8Array | string)[]): Buffer {
  const items = args.map((arg): Resp => {
    const bytes = typeof arg === 'string' ? Buffer.from(arg) : arg
    return { type: 'bulk', bytes, size: bytes.length }
  })
  return encodeResp({ type: 'array', items })
}

/** An error on one line: `LOADING Redis is loading the dataset in memory`. */
export function errorReply(code: string, message: string): Buffer {
  return Buffer.from(`-${`${code} ${message}`.replaceAll(/[\r\n]+/g, ' ').trim()}\r\n`)
}

function put(value: Resp, parts: (Buffer | Uint8Array)[]): void {
  switch (value.type) {
    case 'null':
      parts.push(Buffer.from(nulls[value.form]))
      return
    case 'boolean':
      parts.push(Buffer.from(value.value ? '#t\r\n' : '#f\r\n'))
      return
    case 'simple':
    case 'error':
    case 'integer':
    case 'double':
    case 'big':
      parts.push(Buffer.from(`${signs[value.type]}${value.text}\r\n`))
      return
    case 'bulk':
    case 'verbatim':
    case 'bulkError':
      parts.push(Buffer.from(`${signs[value.type]}${value.bytes.length}\r\n`), value.bytes, Buffer.from('\r\n'))
      return
    case 'array':
    case 'set':
    case 'push':
    case 'map':
    case 'attribute': {
      const paired = value.type === 'map' || value.type === 'attribute'
      parts.push(Buffer.from(`${signs[value.type]}${paired ? value.items.length / 2 : value.items.length}\r\n`))
      for (const item of value.items) put(item, parts)
      if (value.type === 'attribute') put(value.value, parts)
    }
  }
}
