import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodeBody, settleBody } from './settle-body.ts'

const text = Buffer.from('{"name":"Zoë","list":[1,2,3]}')
const encoders: readonly (readonly [string, (body: Uint8Array) => Uint8Array])[] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
]

describe.each(encoders)('%s', (coding, encode) => {
  const body = encode(text)

  test('a body encoded as its header says is left alone', () => {
    const headers = [
      ['Content-Encoding', coding],
      ['Content-Length', String(body.length)],
    ] as const
    expect(settleBody(headers, body)).toEqual({ headers, decoded: false, resized: false })
    expect(Buffer.from(decodeBody(coding, body) ?? []).toString()).toBe(text.toString())
  })

  test('a body that is not encoded loses the header and gets its own length', () => {
    const headers = [
      ['Content-Encoding', coding],
      ['Content-Length', '1'],
      ['X', 'y'],
    ] as const
    expect(settleBody(headers, text)).toEqual({
      headers: [
        ['Content-Length', String(text.length)],
        ['X', 'y'],
      ],
      decoded: true,
      resized: false,
    })
  })
})

test('a gzip body that broke off is still an encoded one', () => {
  expect(settleBody([['content-encoding', 'gzip']], gzipSync(text).subarray(0, 20)).decoded).toBe(false)
})

test('a coding nobody knows is believed', () => {
  expect(settleBody([['content-encoding', 'aws-chunked']], text).decoded).toBe(false)
})
