import { writeBody } from '../../core/body-notation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BodyFiles } from '../../core/protocol.ts'
import { decodeContent } from './decode-content.ts'
import { header, type HeaderList } from './message.ts'
import { wordTable } from '../../core/word-table.ts'

const packed: Readonly<Record<string, string>> = wordTable({
  gzip: '.gz',
  'x-gzip': '.gz',
  br: '.br',
  zstd: '.zst',
  deflate: '.zz',
})
const extensions: Readonly<Record<string, string>> = wordTable({
  'text/plain': 'txt',
  'text/javascript': 'js',
  'text/event-stream': 'txt',
  'application/javascript': 'js',
  'application/x-ndjson': 'ndjson',
  'application/gzip': 'gz',
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
})

/** Writes a body as its headers describe it: with a fitting file name, and a decoded view when it is compressed. */
export function writeHttpBody(bytes: Uint8Array, headers: HeaderList, files: BodyFiles): JsonObject {
  const encoding = header(headers, 'content-encoding')?.toLowerCase()
  const outermost = packed[encoding?.split(',').at(-1)?.trim() ?? ''] ?? ''
  const extension = extensionOf(header(headers, 'content-type') ?? '') + outermost
  return writeBody(bytes, files, { extension, ...(encoding && { decoded: decodeContent(bytes, encoding) }) })
}

function extensionOf(contentType: string): string {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  const subtype = /^[a-z]+\/(?:[\w.-]*\+)?(json|xml|html|css|csv|png|gif|webp|avif|pdf|zip|wasm|mp4|mpeg)$/.exec(
    type,
  )?.[1]
  return extensions[type] ?? subtype ?? 'bin'
}
