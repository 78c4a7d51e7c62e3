import { anyNumber, anyText } from '../core/any-value.ts'
import type { Ending, Exchange, TestRef, Timed } from '../core/exchange.ts'
import type { HeaderList, HttpQuestion, HttpReply, HttpVersion } from '../protocols/http/message.ts'
import { httpFailures } from '../protocols/http/step-notation.ts'
import { choiceOf, type Fields, fieldsOf, isFields, listOf, numberOf, statusOf, textOf } from './field-reader.ts'
import { frameOf, namedTexts, plainContent, postDataOf } from './har-entry.ts'
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
    test: isFields(test) ? testOf(test, `${where}._mortar.test`) : null,
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
  const frames = listOf(entry['_webSocketMessages'] ?? [], `${where}._webSocketMessages`)
  const steps = listOf(own['steps'], `${where}._mortar.steps`).map((step, at) =>
    fieldsOf(step, `${where}._mortar.steps[${at}]`),
  )
  const cut = cutter(steps, body)
  let headSeen = false
  let nextFrame = 0
  return steps.flatMap((step, at): Timed<HttpReply>[] => {
    const timed = (message: HttpReply): Timed<HttpReply>[] => [
      {
        ms: numberOf(step['ms'], `${where}._mortar.steps[${at}].ms`),
        from: step['from'] === 'client' ? 'client' : 'service',
        message,
      },
    ]
    if (step['type'] === 'frame') {
      const frameAt = `${where}._webSocketMessages[${nextFrame}]`
      const frame = frameOf(fieldsOf(frames[nextFrame++], frameAt), frameAt)
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

function headOf(kept: Fields, headers: HeaderList, where: string): HttpReply {
  return {
    type: 'head',
    status: statusOf(kept['status'], `${where}.response.status`),
    reason: textOf(kept['statusText'] ?? '', `${where}.response.statusText`),
    version: versionIn(kept['httpVersion']),
    headers,
  }
}

function inlineStep(step: Fields, where: string): HttpReply {
  const headers = allHeaders(step['headers'], `${where}.headers`)
  if (step['type'] === 'trailers') return { type: 'trailers', headers }
  if (step['type'] === 'failure') {
    const failure = choiceOf(step['failure'], httpFailures, `${where}.failure`)
    return { type: 'failure', failure, message: textOf(step['message'] ?? '', `${where}.message`) }
  }
  const status = statusOf(step['status'], `${where}.status`)
  if (step['type'] === 'informational') return { type: 'informational', status, headers }
  const reason = textOf(step['reason'] ?? '', `${where}.reason`)
  return { type: 'head', status, reason, version: versionIn(step['version']), headers }
}

/** Gives the pieces of the body one after another; the first takes it all when it is not as long as it was. */
function cutter(steps: readonly Fields[], body: Uint8Array): () => Uint8Array | undefined {
  const sizes = steps
    .filter((step) => step['type'] === 'data' && step['base64'] === undefined)
    .map((step) => anyNumber(step['bytes']))
  const whole = sizes.every((size) => size >= 0) && sizes.reduce((sum, size) => sum + size, 0) === body.length
  let piece = 0
  let at = 0
  return () => {
    if (!whole) return piece++ === 0 ? body : undefined
    const size = sizes[piece++] ?? 0
    at += size
    return body.subarray(at - size, at)
  }
}

/** As `harHeaders`, but a name that begins with a colon is kept, since it was kept on the way out. */
function allHeaders(kept: unknown, where: string): HeaderList {
  return namedTexts(listOf(kept ?? [], where), where)
}

function versionIn(written: unknown): HttpVersion {
  const version = anyText(written).replace(/^HTTP\//, '')
  return version === '1.0' || version === '2' ? version : '1.1'
}

function testOf(test: Fields, where: string): TestRef {
  return { file: textOf(test['file'] ?? '', `${where}.file`), name: textOf(test['name'] ?? '', `${where}.name`) }
}

function endingOf(written: unknown): Ending {
  return written === 'abandoned' || written === 'open' ? written : 'complete'
}
