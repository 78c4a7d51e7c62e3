import type { Ending, Exchange, Timed } from '../core/exchange.ts'
import type { HttpFailure, HttpQuestion, HttpReply, HttpVersion } from '../protocols/http/message.ts'
import { type Fields, fieldsOf, isFields, listOf, numberOf, statusOf, textOf } from './field-reader.ts'
import { frameOf, harHeaders, plainContent, postDataOf } from './har-entry.ts'
import type { LossList } from './loss-list.ts'
import { codingOf, decodeBody, settleBody } from './settle-body.ts'

/**
 * Reads an entry that Mortar wrote, exactly. Where somebody has edited the body since, the edited one counts, and the
 * encoded bytes beside it are given up.
 */
export function readOwnHarEntry(entry: Fields, where: string, losses: LossList): Exchange<HttpQuestion, HttpReply> {
  const own = fieldsOf(entry['_mortar'], `${where}._mortar`)
  const request = fieldsOf(entry['request'], `${where}.request`)
  const test = own['test']
  return {
    id: textOf(own['id'], `${where}._mortar.id`),
    boundary: textOf(own['boundary'], `${where}._mortar.boundary`),
    protocol: 'http',
    operation: textOf(own['operation'], `${where}._mortar.operation`),
    effect: own['effect'] === true,
    test: isFields(test) ? { file: String(test['file'] ?? ''), name: String(test['name'] ?? '') } : null,
    askedAt: numberOf(own['askedAt'], `${where}._mortar.askedAt`),
    durationMs: numberOf(entry['time'], `${where}.time`),
    question: {
      method: textOf(request['method'], `${where}.request.method`),
      url: textOf(request['url'], `${where}.request.url`),
      version: versionIn(request['httpVersion']),
      headers: allHeaders(request['headers'], `${where}.request.headers`),
      body: postDataOf(request, `${where}.request`, losses),
      trailers: allHeaders(own['requestTrailers'], `${where}._mortar.requestTrailers`),
    },
    messages: messagesOf(entry, own, where, losses),
    ending: endingOf(own['ending']),
  }
}

function messagesOf(entry: Fields, own: Fields, where: string, losses: LossList): Timed<HttpReply>[] {
  const response = fieldsOf(entry['response'], `${where}.response`)
  const headers = allHeaders(response['headers'], `${where}.response.headers`)
  const content = fieldsOf(response['content'], `${where}.response.content`)
  const shown = Buffer.concat(plainContent(content, headers, `${where}.response.content`, losses))
  const encoded = typeof own['encodedBody'] === 'string' ? Buffer.from(own['encodedBody'], 'base64') : undefined
  const decoded = encoded && decodeBody(codingOf(headers) ?? '', encoded)
  const edited = encoded !== undefined && (decoded === undefined || Buffer.compare(decoded, shown) !== 0)
  const body = encoded && !edited ? encoded : shown
  if (edited) losses.add('encoded response bodies', 'the readable body beside them was edited since, and counts')
  const frames = [...listOf(entry['_webSocketMessages'] ?? [], `${where}._webSocketMessages`)]
  const steps = listOf(own['steps'], `${where}._mortar.steps`).map((step, at) =>
    fieldsOf(step, `${where}._mortar.steps[${at}]`),
  )
  const cut = cutter(steps, body)
  let headSeen = false
  return steps.flatMap((step, at): Timed<HttpReply>[] => {
    const timed = (message: HttpReply): Timed<HttpReply>[] => [
      {
        ms: numberOf(step['ms'], `${where}._mortar.steps[${at}].ms`),
        from: step['from'] === 'client' ? 'client' : 'service',
        message,
      },
    ]
    if (step['type'] === 'frame') {
      const frame = frameOf(fieldsOf(frames.shift(), `${where}._webSocketMessages`))
      return timed({ type: 'frame', ...frame, fin: step['fin'] !== false })
    }
    if (step['type'] === 'data') {
      const bytes = typeof step['base64'] === 'string' ? Buffer.from(step['base64'], 'base64') : cut()
      return bytes === undefined ? [] : timed({ type: 'data', bytes })
    }
    if (step['type'] === 'head' && !headSeen && step['status'] === undefined) {
      headSeen = true
      return timed(headOf(response, edited ? settleBody(headers, body).headers : headers, where))
    }
    return timed(inlineStep(step, `${where}._mortar.steps[${at}]`))
  })
}

function headOf(kept: Fields, headers: HeaderListOf, where: string): HttpReply {
  return {
    type: 'head',
    status: statusOf(kept['status'], `${where}.response.status`),
    reason: String(kept['statusText'] ?? ''),
    version: versionIn(kept['httpVersion']),
    headers,
  }
}

function inlineStep(step: Fields, where: string): HttpReply {
  const headers = allHeaders(step['headers'], `${where}.headers`)
  if (step['type'] === 'trailers') return { type: 'trailers', headers }
  if (step['type'] === 'failure') {
    return { type: 'failure', failure: String(step['failure']) as HttpFailure, message: String(step['message'] ?? '') }
  }
  const status = statusOf(step['status'], `${where}.status`)
  if (step['type'] === 'informational') return { type: 'informational', status, headers }
  return { type: 'head', status, reason: String(step['reason'] ?? ''), version: versionIn(step['version']), headers }
}

/** Gives the pieces of the body one after another; the first takes it all when it is not as long as it was. */
function cutter(steps: readonly Fields[], body: Uint8Array): () => Uint8Array | undefined {
  const sizes = steps
    .filter((step) => step['type'] === 'data' && step['base64'] === undefined)
    .map((step) => Number(step['bytes']))
  const whole = sizes.reduce((sum, size) => sum + size, 0) === body.length
  let piece = 0
  let at = 0
  return () => {
    if (!whole) return piece++ === 0 ? body : undefined
    const size = sizes[piece++] ?? 0
    at += size
    return body.subarray(at - size, at)
  }
}

type HeaderListOf = ReturnType<typeof harHeaders>

/** As `harHeaders`, but a name that begins with a colon is kept, since it was kept on the way out. */
function allHeaders(kept: unknown, where: string): HeaderListOf {
  return listOf(kept ?? [], where).map((one) => {
    const { name, value } = fieldsOf(one, where)
    return [String(name), String(value ?? '')]
  })
}

function versionIn(written: unknown): HttpVersion {
  const version = String(written).replace(/^HTTP\//, '')
  return version === '1.0' || version === '2' ? version : '1.1'
}

function endingOf(written: unknown): Ending {
  return written === 'abandoned' || written === 'open' ? written : 'complete'
}
