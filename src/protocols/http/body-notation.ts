import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { bodyLimits, writeBody } from '../../core/body-notation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BodyFiles } from '../../core/protocol.ts'
import { header, type HeaderList } from './message.ts'

// A view is for people; a small body that unpacks to gigabytes must not become one.
const limit = { maxOutputLength: bodyLimits.inlineText }
const decoders: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gunzipSync(bytes, limit),
  'x-gzip': (bytes) => gunzipSync(bytes, limit),
  br: (bytes) => brotliDecompressSync(bytes, limit),
  zstd: (bytes) => zstdDecompressSync(bytes, limit),
  // Some services send the raw format under this name.
  deflate: (bytes) => ((bytes[0] ?? 0) % 16 === 8 ? inflateSync(bytes, limit) : inflateRawSync(bytes, limit)),
  identity: (bytes) => bytes,
}
const packed: Readonly<Record<string, string>> = { gzip: 'gz', 'x-gzip': 'gz', br: 'br', zstd: 'zst', deflate: 'zz' }
const extensions: Readonly<Record<string, string>> = {
  'text/plain': 'txt',
  'text/javascript': 'js',
  'text/event-stream': 'txt',
  'application/javascript': 'js',
  'application/x-ndjson': 'ndjson',
  'application/gzip': 'gz',
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
}

/** Writes a body as its headers describe it: with a fitting file name, and a decoded view when it is compressed. */
export function writeHttpBody(bytes: Uint8Array, headers: HeaderList, files: BodyFiles): JsonObject {
  const encodings = (header(headers, 'content-encoding') ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  const decoded = encodings.length > 0 ? decode(bytes, encodings) : undefined
  const extension = [extensionOf(header(headers, 'content-type') ?? ''), ...encodings.slice(-1).map((e) => packed[e])]
  return writeBody(bytes, files, { extension: extension.filter(Boolean).join('.'), ...(decoded && { decoded }) })
}

function decode(bytes: Uint8Array, encodings: readonly string[]): Uint8Array | undefined {
  try {
    return encodings.reduceRight((body, encoding) => decoders[encoding]!(body), bytes)
  } catch {
    return undefined
  }
}

function extensionOf(contentType: string): string {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  const subtype = /^[a-z]+\/(?:[\w.-]*\+)?(json|xml|html|css|csv|png|gif|webp|avif|pdf|zip|wasm|mp4|mpeg)$/.exec(
    type,
  )?.[1]
  return extensions[type] ?? subtype ?? 'bin'
}
