import type { Alteration } from '../../core/fault.ts'
import { encodeResp } from './encode.ts'
import { type Resp, textOf } from './resp.ts'

const nothing: Resp = { type: 'null', form: 'bulk' }

/** What a server says of a command that it has not done, as if it had. */
export function pretendedAnswer(command: string): Buffer {
  return Buffer.from(/^(?:SET|SETEX|PSETEX|MSET|HMSET|LTRIM)$/.test(command) ? '+OK\r\n' : ':1\r\n')
}

/** The bytes of another answer. @returns `undefined` when there is nothing to alter */
export function alteredAnswer(value: Resp, to: Alteration, text = ''): Buffer | undefined {
  const altered =
    to === 'nothing'
      ? withNothing(value)
      : to === 'half'
        ? halved(value)
        : to === 'another'
          ? another(value, text)
          : undefined
  return altered && encodeResp(altered)
}

function withNothing(value: Resp): Resp | undefined {
  if (value.type === 'bulk') return nothing
  if (value.type !== 'array' || !value.items.some(({ type }) => type === 'bulk')) return undefined
  return { ...value, items: value.items.map((): Resp => nothing) }
}

function another(value: Resp, text: string): Resp | undefined {
  if ((value.type !== 'bulk' && value.type !== 'null') || textOf(value) === text) return undefined
  const bytes = Buffer.from(text)
  return { type: 'bulk', bytes, size: bytes.length }
}

function halved(value: Resp): Resp | undefined {
  if (value.type === 'array') {
    const items = value.items.map((item) => halved(item) ?? item)
    return items.some((item, i) => item !== value.items[i]) ? { ...value, items } : undefined
  }
  if (value.type !== 'bulk' || value.bytes.length < 2 || value.bytes.length < value.size) return undefined
  const bytes = value.bytes.subarray(0, value.bytes.length >> 1)
  return { type: 'bulk', bytes, size: bytes.length }
}
