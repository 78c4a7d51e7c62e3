import { anyText } from '../core/any-value.ts'
import { header } from '../protocols/http/message.ts'
import { exchangeBuilder } from './build-exchange.ts'
import { textOf, timeOf } from './field-reader.ts'
import type { Format, Imported, ImportSource } from './format.ts'
import { creatorOf, harLog } from './har.ts'
import { type ContentReader, plainContent, readHarEntry } from './har-entry.ts'
import { LossList } from './loss-list.ts'
import { tryJson } from './parse-json.ts'

/** Recordings of Polly.JS: HAR 1.2 with habits of its own. */
export const polly: Format = {
  name: 'polly',
  detect: (text, path) => creatorOf(text, path) === 'polly',
  read,
}

function read(text: string, source: ImportSource): Imported {
  const losses = new LossList()
  const { log, entries } = harLog(text, source.path)
  losses.unknownKeys(log, ['version', 'creator', 'browser', 'entries', '_recordingName'])
  // Polly names a recording after the suites and the test, joined by slashes.
  const recording = log['_recordingName'] ?? ''
  const name = (typeof recording === 'object' ? '' : anyText(recording)).replaceAll('/', ' > ')
  const test = name === '' ? null : { file: '', name }
  const build = exchangeBuilder(source, losses)
  // A newer recording of the same question stands before older ones.
  const inOrder = entries
    .map((entry, index) => ({ entry, index, time: timeOf(entry['startedDateTime']) ?? 0 }))
    .sort((a, b) => a.time - b.time || placeOf(a.entry['_order']) - placeOf(b.entry['_order']))
  const exchanges = inOrder.flatMap(({ entry, index }) => {
    const recorded = readHarEntry(entry, `${source.path}: log.entries[${index}]`, losses, pollyContent)
    return recorded ? [build({ ...recorded, test })] : []
  })
  return { groups: [{ test, exchanges }], losses: losses.list() }
}

/** Encoded bodies are a JSON list of pieces in base64; Polly 5 and older used hex and said so by `_isBinary`. */
const pollyContent: ContentReader = (content, headers, where, losses) => {
  const { text } = content
  const coding = content['_isBinary'] === true ? 'hex' : content['encoding'] === 'base64' ? 'base64' : undefined
  const { _isBinary: _old, ...plain } = content
  if (typeof text !== 'string' || coding === undefined) return plainContent(plain, headers, where, losses)
  const pieces = header(headers, 'content-encoding') === undefined ? undefined : tryJson(text)
  if (Array.isArray(pieces)) return pieces.map((piece) => Buffer.from(textOf(piece, `${where}.text`), coding))
  return coding === 'hex' ? [Buffer.from(text, 'hex')] : plainContent(plain, headers, where, losses)
}

function placeOf(order: unknown): number {
  return typeof order === 'number' ? order : 0
}
