import type { ZlibOptions } from 'node:zlib'
import { zlib } from './node-zlib.ts'

/** One content-coding both ways. Reading takes what there is of a body that breaks off. */
interface Coding {
  decode(bytes: Uint8Array): Buffer
  decodePart(bytes: Uint8Array): Buffer
  encode(bytes: Uint8Array): Buffer
}

const maxOutputLength = 64 * 1024 * 1024
const whole = { maxOutputLength }
const part = (): ZlibOptions => ({ maxOutputLength, finishFlush: zlib().constants.Z_SYNC_FLUSH })

const gzip: Coding = {
  decode: (bytes) => zlib().gunzipSync(bytes, whole),
  decodePart: (bytes) => zlib().gunzipSync(bytes, part()),
  encode: (bytes) => zlib().gzipSync(bytes),
}

const deflate: Coding = {
  decode: (bytes) => zlib().inflateSync(bytes, whole),
  decodePart: (bytes) => zlib().inflateSync(bytes, part()),
  encode: (bytes) => zlib().deflateSync(bytes),
}

/** `deflate` as some programs send it, without zlib's frame. */
const rawDeflate: Coding = {
  decode: (bytes) => zlib().inflateRawSync(bytes, whole),
  decodePart: (bytes) => zlib().inflateRawSync(bytes, part()),
  encode: (bytes) => zlib().deflateRawSync(bytes),
}

const brotli: Coding = {
  decode: (bytes) => zlib().brotliDecompressSync(bytes, whole),
  decodePart: (bytes) =>
    zlib().brotliDecompressSync(bytes, { maxOutputLength, finishFlush: zlib().constants.BROTLI_OPERATION_FLUSH }),
  encode: (bytes) => zlib().brotliCompressSync(bytes, { params: { [zlib().constants.BROTLI_PARAM_QUALITY]: 5 } }),
}

const zstd: Coding = {
  decode: (bytes) => zlib().zstdDecompressSync(bytes, whole),
  decodePart: (bytes) =>
    zlib().zstdDecompressSync(bytes, { maxOutputLength, finishFlush: zlib().constants.ZSTD_e_flush }),
  encode: (bytes) => zlib().zstdCompressSync(bytes),
}

/** The end of a compressed body that has to be missing for a reader to notice that it broke off. */
const tailBytes = 8

/**
 * Changes what is inside a body and packs it again as it was. Returns `body` itself when nothing changed, and when
 * it cannot be unpacked at all.
 *
 * @param contentEncoding - Value of the header: `gzip`, `br`, `deflate`, `zstd`, or several of them.
 */
export function recode(
  body: Uint8Array,
  contentEncoding: string | undefined,
  change: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const names = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  return unpack(body, names, change)
}

function unpack(body: Uint8Array, names: readonly string[], change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const outermost = names.at(-1)
  if (outermost === undefined || body.length === 0) return change(body)
  const coding = codingOf(outermost, body)
  const inside = coding && readWhole(coding, body)
  if (!coding || !inside) return body
  const changed = unpack(inside.bytes, names.slice(0, -1), change)
  if (changed === inside.bytes) return body
  const packed = coding.encode(changed)
  return inside.ended ? packed : packed.subarray(0, Math.max(0, packed.length - tailBytes))
}

function readWhole(coding: Coding, body: Uint8Array): { readonly bytes: Buffer; readonly ended: boolean } | undefined {
  try {
    return { bytes: coding.decode(body), ended: true }
  } catch {
    try {
      return { bytes: coding.decodePart(body), ended: false }
    } catch {
      return undefined
    }
  }
}

function codingOf(name: string, body: Uint8Array): Coding | undefined {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return gzip
    case 'br':
      return brotli
    case 'zstd':
      return zstd
    case 'deflate': {
      const [first = 0, second = 0] = body
      return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0 ? deflate : rawDeflate
    }
    default:
      return undefined
  }
}
