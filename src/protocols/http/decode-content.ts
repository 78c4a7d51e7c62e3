import { zlib } from './node-zlib.ts'
import { wordTable } from '../../core/word-table.ts'

/** A body that unpacks to more than this is compared packed. */
const maxBytes = 64 * 1024 * 1024

const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = wordTable({
  gzip: (bytes) => zlib().gunzipSync(bytes, { maxOutputLength: maxBytes }),
  'x-gzip': (bytes) => zlib().gunzipSync(bytes, { maxOutputLength: maxBytes }),
  br: (bytes) => zlib().brotliDecompressSync(bytes, { maxOutputLength: maxBytes }),
  zstd: (bytes) => zlib().zstdDecompressSync(bytes, { maxOutputLength: maxBytes }),
  deflate: inflateEither,
  identity: (bytes) => bytes,
})

/**
 * Undoes `contentEncoding` (gzip, br, deflate, zstd, or several of them). Gives the bytes as they are when the
 * encoding is unknown or the bytes do not follow it.
 */
export function decodeContent(body: Uint8Array, contentEncoding: string | undefined): Buffer {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  if (!contentEncoding) return bytes
  try {
    let decoded = bytes
    for (const name of contentEncoding.toLowerCase().split(',').toReversed()) {
      const decoder = decoders[name.trim()]
      if (!decoder) return bytes
      decoded = decoder(decoded)
    }
    return decoded
  } catch {
    return bytes
  }
}

/** `deflate` means zlib, but some programs send it without zlib's frame. */
function inflateEither(bytes: Buffer): Buffer {
  const framed = ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0
  return framed
    ? zlib().inflateSync(bytes, { maxOutputLength: maxBytes })
    : zlib().inflateRawSync(bytes, { maxOutputLength: maxBytes })
}
