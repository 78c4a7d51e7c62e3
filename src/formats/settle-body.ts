import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { header, type HeaderList } from '../protocols/http/message.ts'

/** A message whose headers and body agree. */
export interface Settled {
  readonly headers: HeaderList
  /** True when the body was not encoded as its header said, and the header was taken out. */
  readonly decoded: boolean
  /** True when the length in the header did not fit the body for any other reason. */
  readonly resized: boolean
}

const mostBytes = 512 * 1024 * 1024

/** The body with its outermost content coding undone, or `undefined` when it is not encoded that way or is damaged. */
export function decodeBody(coding: string, body: Uint8Array): Uint8Array | undefined {
  const limit = { maxOutputLength: mostBytes }
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(body, limit)
    if (coding === 'br') return brotliDecompressSync(body, limit)
    if (coding === 'zstd') return zstdDecompressSync(body, limit)
    if (coding === 'deflate') {
      // Some servers leave out the zlib wrapper that the standard asks for.
      const wrapped = (body[0] ?? 0) % 16 === 8 && ((body[0] ?? 0) * 256 + (body[1] ?? 0)) % 31 === 0
      return wrapped ? inflateSync(body, limit) : inflateRawSync(body, limit)
    }
  } catch {
    return undefined
  }
  return undefined
}

/** The outermost content coding that the headers name, or `undefined` for none and `identity`. */
export function codingOf(headers: HeaderList): string | undefined {
  const coding = header(headers, 'content-encoding')?.split(',').at(-1)?.trim().toLowerCase()
  return coding === '' || coding === 'identity' ? undefined : coding
}

function isEncoded(coding: string, body: Uint8Array): boolean {
  // The signature is enough: a body that broke off while it was recorded is still an encoded one.
  if (coding === 'gzip' || coding === 'x-gzip') return body[0] === 0x1f && body[1] === 0x8b
  if (coding === 'zstd') return body[0] === 0x28 && body[1] === 0xb5 && body[2] === 0x2f && body[3] === 0xfd
  if (coding === 'br' || coding === 'deflate') return decodeBody(coding, body) !== undefined
  return true
}

/**
 * Makes headers and body agree. Many recorders keep the readable body and the `content-encoding` header of the
 * encoded one: a client that believes the header could not read such an answer.
 */
export function settleBody(headers: HeaderList, body: Uint8Array): Settled {
  const coding = codingOf(headers)
  const decoded = coding !== undefined && body.length > 0 && !isEncoded(coding, body)
  const kept = decoded ? headers.filter(([name]) => name.toLowerCase() !== 'content-encoding') : headers
  const length = String(body.length)
  const fits = kept.every(([name, value]) => name.toLowerCase() !== 'content-length' || value.trim() === length)
  return {
    headers: fits
      ? kept
      : kept.map(([name, value]) => [name, name.toLowerCase() === 'content-length' ? length : value] as const),
    decoded,
    resized: !fits && !decoded,
  }
}
