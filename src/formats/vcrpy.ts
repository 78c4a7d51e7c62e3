import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'
import { exchangeBuilder, type Recorded } from './build-exchange.ts'
import { type Fields, fieldsOf, headersOf, isFields, listOf, statusOf, textOf, webUrlOf } from './field-reader.ts'
import type { Format, Imported, ImportSource } from './format.ts'
import { LossList } from './loss-list.ts'
import { looksLikeJson, tryJson } from './parse-json.ts'
import { parseCassette, reasonOf, versionOf } from './cassette-fields.ts'

/** Cassettes of vcrpy, format version 1, as YAML or JSON. */
export const vcrpy: Format = {
  name: 'vcrpy',
  detect(text) {
    const value = tryJson(text)
    if (value !== undefined) return isOld(value) || (isFields(value) && 'interactions' in value)
    if (looksLikeJson(text)) return text.includes('"interactions"')
    return /^interactions:/m.test(text) || isOldText(text)
  },
  read,
}

function isOldText(text: string): boolean {
  return /^- (!!python\/object\S*\s+)?request:/m.test(text) && !/^\S+:/m.test(text)
}

function isOld(value: unknown): boolean {
  return Array.isArray(value) && isFields(value[0]) && 'request' in value[0]
}

async function read(text: string, source: ImportSource): Promise<Imported> {
  const { path } = source
  const losses = new LossList()
  const parsed = await parseCassette(text, path, losses)
  if (isOld(parsed)) {
    throw new MortarError('MORTAR_IMPORT_UNSUPPORTED', `\`${path}\` is a cassette of vcrpy before 1.0`, {
      where: path,
      expected: 'version: 1',
      seen: 'a list without version',
      hint: `Run \`python3 -m vcr.migration ${path}\` of vcrpy, or record the cassette again.`,
    })
  }
  const file = fieldsOf(parsed, `${path}: the whole file`)
  const version = anyText(file['version'] ?? 1)
  if (version !== '1') {
    throw new MortarError('MORTAR_IMPORT_UNSUPPORTED', `\`${path}\` is a vcrpy cassette of an unknown version`, {
      where: path,
      expected: 'version: 1',
      seen: `version: ${version}`,
    })
  }
  losses.unknownKeys(file, ['interactions', 'version'])
  if (file['version'] === undefined) {
    losses.add('last lines', 'vcrpy ends a file with `version`: this one may have been cut off')
  }
  const build = exchangeBuilder(source, losses)
  const exchanges = listOf(file['interactions'], `${path}: interactions`).map((item, index) =>
    build(recordedOf(item, `${path}: interactions[${index}]`, losses)),
  )
  return { groups: [{ test: null, exchanges }], losses: losses.list() }
}

function recordedOf(item: unknown, where: string, losses: LossList): Recorded {
  const interaction = fieldsOf(item, where)
  const request = fieldsOf(interaction['request'], `${where}.request`)
  const response = fieldsOf(interaction['response'], `${where}.response`)
  // The adapters for httpx before vcrpy 6 kept `status_code` and `content` in place of `status` and `body`.
  const status = isFields(response['status']) ? response['status'] : { code: response['status_code'] }
  losses.unknownKeys(interaction, ['request', 'response'])
  losses.unknownKeys(request, ['method', 'uri', 'body', 'headers'], 'request.')
  losses.unknownKeys(
    response,
    // `url` is the address of the request once more, as aiohttp saw it.
    ['status', 'status_code', 'headers', 'body', 'content', 'http_version', 'protocol', 'version', 'url'],
    'response.',
  )
  const code = statusOf(status['code'], `${where}.response.status.code`)
  return {
    method: textOf(request['method'], `${where}.request.method`),
    url: webUrlOf(request['uri'], `${where}.request.uri`),
    version: versionOf(response['http_version'] ?? response['protocol'] ?? response['version'], losses),
    requestHeaders: headersOf(request['headers'], `${where}.request.headers`),
    requestBody: bodyOf(request['body'], `${where}.request.body`),
    status: code,
    reason: reasonOf(status['message'], code),
    responseHeaders: headersOf(response['headers'], `${where}.response.headers`),
    chunks: [bodyOf(response['body'] ?? response['content'], `${where}.response.body`)],
    askedAt: undefined,
    headMs: 0,
    durationMs: 0,
    test: null,
  }
}

function bodyOf(kept: unknown, where: string): Uint8Array {
  if (kept === null || kept === undefined) return new Uint8Array()
  if (kept instanceof Uint8Array) return kept
  if (!isFields(kept)) return Buffer.from(textOf(kept, where))
  const inner: Fields = kept
  if (typeof inner['base64_string'] === 'string') return Buffer.from(inner['base64_string'], 'base64')
  return bodyOf(inner['string'], `${where}.string`)
}
