import { isUtf8 } from 'node:buffer'
import { STATUS_CODES } from 'node:http'
import { MortarError } from '../core/errors.ts'
import { header, type HeaderList } from '../protocols/http/message.ts'
import { exchangeBuilder, type Recorded } from './build-exchange.ts'
import { type Fields, fieldsOf, headersOf, isFields, listOf, statusOf, textOf, webUrlOf } from './field-reader.ts'
import type { Format, Imported, ImportSource } from './format.ts'
import { LossList } from './loss-list.ts'
import { looksLikeJson, parseJson, tryJson } from './parse-json.ts'

/** Definitions written by `nock.recorder` with `output_objects`, and nockBack fixtures; nock 9 to 15. */
export const nock: Format = {
  name: 'nock',
  detect(text, path) {
    const value = tryJson(text)
    if (value !== undefined) return Array.isArray(value) && (value.length === 0 || isDefinition(value[0]))
    if (looksLikeJson(text)) return /^\uFEFF?\s*\[\s*\{/.test(text) && /"scope"\s*:/.test(text.slice(0, 100_000))
    return /\.[cm]?[jt]s$/.test(path)
      ? /\bnock\s*\(/.test(text)
      : /\bnock\('.*\n?.*\.(get|post|put|patch|delete)\(/.test(text)
  },
  read,
}

function isDefinition(value: unknown): boolean {
  return isFields(value) && 'scope' in value && ('path' in value || 'method' in value)
}

function read(text: string, source: ImportSource): Imported {
  if (!looksLikeJson(text) && /\bnock\s*\(/.test(text)) {
    throw new MortarError(
      'MORTAR_IMPORT_UNSUPPORTED',
      `\`${source.path}\` holds nock calls as JavaScript, not definitions`,
      {
        where: source.path,
        hint: 'Record again with `nock.recorder.rec({ output_objects: true })` or nockBack, and import the JSON.',
      },
    )
  }
  const losses = new LossList()
  const build = exchangeBuilder(source, losses)
  const definitions = listOf(parseJson(text, source.path), `${source.path}: the whole file`)
  const exchanges = definitions.map((item, index) => build(recordedOf(item, `${source.path}: [${index}]`, losses)))
  return { groups: [{ test: null, exchanges }], losses: losses.list() }
}

const knownKeys = ['scope', 'port', 'method', 'path', 'body', 'status', 'reply', 'response', 'responseIsBinary']
const headerKeys = ['rawHeaders', 'headers', 'reqheaders']

function recordedOf(item: unknown, where: string, losses: LossList): Recorded {
  const definition = fieldsOf(item, where)
  losses.unknownKeys(definition, [...knownKeys, ...headerKeys])
  const responseHeaders = responseHeadersOf(definition, where, losses)
  if (definition['reqheaders'] === undefined) {
    losses.add('request headers', 'the recorder was not asked to keep them (`enable_reqheaders_recording`)')
  }
  const requestHeaders = headersOf(definition['reqheaders'], `${where}.reqheaders`)
  // nock 8 and older kept the status as text under `reply`.
  const status = statusOf(definition['status'] ?? definition['reply'] ?? 200, `${where}.status`)
  return {
    method: textOf(definition['method'] ?? 'GET', `${where}.method`),
    url: addressOf(definition, where),
    version: '1.1',
    requestHeaders,
    requestBody: requestBodyOf(definition['body'], requestHeaders, losses),
    status,
    reason: STATUS_CODES[status] ?? '',
    responseHeaders,
    chunks: responseChunksOf(definition, responseHeaders, losses),
    askedAt: undefined,
    headMs: 0,
    durationMs: 0,
    test: null,
  }
}

function addressOf(definition: Fields, where: string): string {
  const scope = webUrlOf(definition['scope'], `${where}.scope`)
  const path = textOf(definition['path'] ?? '/', `${where}.path`)
  const url = new URL(scope)
  if (definition['port'] !== undefined) url.port = textOf(definition['port'], `${where}.port`)
  return webUrlOf(`${url.href.replace(/\/$/, '')}${path.startsWith('/') ? '' : '/'}${path}`, `${where}.path`)
}

function responseHeadersOf(definition: Fields, where: string, losses: LossList): HeaderList {
  const kept = definition['rawHeaders'] ?? definition['headers']
  if (!Array.isArray(kept)) {
    losses.add(
      'order and repetition of response headers',
      'the file keeps them as an object; of repeated ones nock 14 and 15 keep only the last',
    )
    return headersOf(kept, `${where}.headers`)
  }
  const headers: (readonly [string, string])[] = []
  for (let at = 0; at + 1 < kept.length; at += 2) {
    headers.push([
      textOf(kept[at], `${where}.rawHeaders[${at}]`),
      textOf(kept[at + 1], `${where}.rawHeaders[${at + 1}]`),
    ])
  }
  return headers
}

function responseChunksOf(definition: Fields, headers: HeaderList, losses: LossList): Uint8Array[] {
  const response = definition['response'] ?? ''
  const encoded = header(headers, 'content-encoding') !== undefined
  if (encoded && Array.isArray(response) && response.every((chunk) => typeof chunk === 'string' && isHex(chunk))) {
    return response.map((chunk: string) => Buffer.from(chunk, 'hex'))
  }
  if (typeof response === 'string' && isHex(response)) {
    const bytes = Buffer.from(response, 'hex')
    if (definition['responseIsBinary'] === true || (encoded && !isUtf8(bytes))) return [bytes]
  }
  return [bodyBytes(response, headers, 'response', losses)]
}

function requestBodyOf(body: unknown, headers: HeaderList, losses: LossList): Uint8Array {
  if (typeof body !== 'string' || body === '' || !isHex(body)) return bodyBytes(body ?? '', headers, 'request', losses)
  // nock writes a request body as hex when it is no valid UTF-8, and does not say so; the length may.
  const bytes = Buffer.from(body, 'hex')
  const length = header(headers, 'content-length')
  if (length === String(body.length) || isUtf8(bytes)) return Buffer.from(body)
  if (length !== String(bytes.length)) {
    losses.add(
      'request bodies of digits and a to f',
      'nock writes binary ones so without saying it; they were taken as binary',
    )
  }
  return bytes
}

/** nock keeps the value of a JSON body, not its text. */
function bodyBytes(body: unknown, headers: HeaderList, side: string, losses: LossList): Uint8Array {
  const length = header(headers, 'content-length')
  const asJson = Buffer.from(JSON.stringify(body))
  if (typeof body !== 'string') {
    if (length !== String(asJson.length)) {
      losses.add(`spacing of JSON ${side} bodies`, 'nock keeps their value only; they were written without spaces')
    }
    return asJson
  }
  const asText = Buffer.from(body)
  const isJson = /[/+]json\b/.test(header(headers, 'content-type') ?? '')
  return isJson && length === String(asJson.length) && asText.length !== asJson.length ? asJson : asText
}

function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-f]*$/i.test(text)
}
