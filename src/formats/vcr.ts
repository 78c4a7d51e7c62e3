import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'
import { header } from '../protocols/http/message.ts'
import { exchangeBuilder, type Recorded } from './build-exchange.ts'
import {
  type Fields,
  fieldsOf,
  headersOf,
  isFields,
  listOf,
  statusOf,
  textOf,
  timeOf,
  webUrlOf,
} from './field-reader.ts'
import type { Format, Imported, ImportSource } from './format.ts'
import { LossList } from './loss-list.ts'
import { looksLikeJson, tryJson } from './parse-json.ts'
import { parseCassette, reasonOf, versionOf } from './cassette-fields.ts'

/** Cassettes of VCR for Ruby, 2.0 and newer, as YAML or JSON. */
export const vcr: Format = {
  name: 'vcr',
  detect(text) {
    const value = tryJson(text)
    if (value !== undefined) return isFields(value) && 'http_interactions' in value
    if (looksLikeJson(text)) return text.includes('"http_interactions"')
    return /^http_interactions:/m.test(text) || isVersionOne(text)
  },
  read,
}

function isVersionOne(text: string): boolean {
  return text.includes('!ruby/struct:VCR::HTTPInteraction')
}

async function read(text: string, source: ImportSource): Promise<Imported> {
  const { path } = source
  if (isVersionOne(text)) {
    throw new MortarError('MORTAR_IMPORT_UNSUPPORTED', `\`${path}\` is a cassette of VCR 1.x`, {
      where: path,
      hint: 'Run `rake vcr:migrate_cassettes` of VCR 2, or record the cassette again.',
    })
  }
  const losses = new LossList()
  const parsed = await parse(text, path, losses)
  const file = fieldsOf(parsed, `${path}: the whole file`)
  losses.unknownKeys(file, ['http_interactions', 'recorded_with'])
  if (file['recorded_with'] === undefined) {
    losses.add('last lines', 'VCR ends a file with `recorded_with`: this one may have been cut off')
  }
  const build = exchangeBuilder(source, losses)
  const exchanges = listOf(file['http_interactions'], `${path}: http_interactions`).map((item, index) =>
    build(recordedOf(item, path, `http_interactions[${index}]`, losses)),
  )
  return { groups: [{ test: null, exchanges }], losses: losses.list() }
}

async function parse(text: string, path: string, losses: LossList): Promise<unknown> {
  try {
    return await parseCassette(text, path, losses)
  } catch (error) {
    const line = text.split('\n').findIndex((one) => one.includes('<%'))
    if (line >= 0 && MortarError.is(error, 'MORTAR_IMPORT_UNREADABLE')) throw template(`${path}:${line + 1}`, path)
    throw error
  }
}

function template(where: string, path: string): MortarError {
  return new MortarError('MORTAR_IMPORT_UNSUPPORTED', `\`${path}\` is an ERB template, not a recording`, {
    where,
    seen: '<% … %>',
    hint: 'Render it first (`erb file.yml > rendered.yml`, with the variables of the test), then import the result.',
  })
}

function recordedOf(item: unknown, path: string, at: string, losses: LossList): Recorded {
  const where = `${path}: ${at}`
  const interaction = fieldsOf(item, where)
  const request = fieldsOf(interaction['request'], `${where}.request`)
  const response = fieldsOf(interaction['response'], `${where}.response`)
  const status = fieldsOf(response['status'], `${where}.response.status`)
  const metadata = isFields(response['adapter_metadata']) ? response['adapter_metadata'] : {}
  losses.unknownKeys(interaction, ['request', 'response', 'recorded_at'])
  losses.unknownKeys(request, ['method', 'uri', 'body', 'headers'], 'request.')
  losses.unknownKeys(response, ['status', 'headers', 'body', 'http_version', 'adapter_metadata'], 'response.')
  losses.unknownKeys(metadata, ['vcr_decompressed'], 'response.adapter_metadata.')
  if (metadata['vcr_decompressed']) {
    losses.add('encoded response bodies', 'VCR decoded them while recording (`decode_compressed_response`)')
  }
  const uri = textOf(request['uri'], `${where}.request.uri`)
  const requestHeaders = headersOf(request['headers'], `${where}.request.headers`)
  const responseHeaders = headersOf(response['headers'], `${where}.response.headers`)
  const requestBody = bodyOf(request['body'], `${where}.request.body`, losses)
  const responseBody = bodyOf(response['body'], `${where}.response.body`, losses)
  if ([uri, ...[...requestHeaders, ...responseHeaders].flat()].some(isTemplate)) throw template(where, path)
  refuseTemplate(request['body'], requestBody, header(requestHeaders, 'content-length'), where, path)
  refuseTemplate(response['body'], responseBody, header(responseHeaders, 'content-length'), where, path)
  const code = statusOf(status['code'], `${where}.response.status.code`)
  return {
    method: textOf(request['method'], `${where}.request.method`),
    url: webUrlOf(uri, `${where}.request.uri`),
    version: versionOf(response['http_version'], losses),
    requestHeaders,
    requestBody,
    status: code,
    reason: reasonOf(status['message'], code),
    responseHeaders,
    chunks: [responseBody],
    askedAt: timeOf(interaction['recorded_at']),
    headMs: 0,
    durationMs: 0,
    test: null,
  }
}

function isTemplate(text: string): boolean {
  return /<%[\s\S]*%>/.test(text)
}

/** A service may really have sent `<% … %>`; when the length that it announced fits the text, it has. */
function refuseTemplate(
  kept: unknown,
  body: Uint8Array,
  length: string | undefined,
  where: string,
  path: string,
): void {
  const text = isFields(kept) ? kept['string'] : kept
  if (typeof text === 'string' && isTemplate(text) && length !== String(body.length)) throw template(where, path)
}

function bodyOf(kept: unknown, where: string, losses: LossList): Uint8Array {
  if (kept === null || kept === undefined) return new Uint8Array()
  // VCR 2.0 to 2.2 kept the text alone.
  if (!isFields(kept)) return kept instanceof Uint8Array ? kept : Buffer.from(textOf(kept, where))
  if (kept['base64_string'] !== undefined && kept['base64_string'] !== null) {
    return Buffer.from(textOf(kept['base64_string'], `${where}.base64_string`), 'base64')
  }
  return encoded(kept, where, losses)
}

function encoded(kept: Fields, where: string, losses: LossList): Uint8Array {
  const { string } = kept
  if (string === null || string === undefined) return new Uint8Array()
  if (string instanceof Uint8Array) return string
  const text = textOf(string, `${where}.string`)
  const encoding = anyText(kept['encoding'] ?? 'UTF-8').toUpperCase()
  if (encoding === 'ISO-8859-1' && /^[\u0000-\u00ff]*$/.test(text)) return Buffer.from(text, 'latin1')
  if (encoding === 'UTF-16LE') return Buffer.from(text, 'utf16le')
  const isAscii = /^[\u0000-\u007f]*$/.test(text)
  if (!isAscii && !['UTF-8', 'US-ASCII', 'ASCII-8BIT', 'BINARY'].includes(encoding)) {
    losses.add(`bodies in ${encoding}`, 'the file holds them as UTF-8 text; they were kept as UTF-8')
  }
  return Buffer.from(text)
}
