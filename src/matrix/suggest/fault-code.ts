import type { Cell } from '../cell.ts'
import { wordTable } from '../../core/word-table.ts'

/** How a fault is armed in a test. */
export interface FaultCode {
  /** Arguments of `boundary.fault(…)`. */
  readonly call: string
  /** What is imported from `mortar/faults`. */
  readonly imports: string
}

/** `AIM` stands for the keys that say what is struck. */
const calls: Readonly<Record<string, string>> = wordTable({
  'reply lost': 'httpFaults.lostReply({ AIM })',
  '504 though done': 'httpFaults.doneThough(504, { AIM })',
  'reset before': 'httpFaults.resetBefore({ AIM })',
  'no answer': 'httpFaults.noAnswer({ AIM })',
  '500': 'httpFaults.status(500, { AIM })',
  '503': 'httpFaults.status(503, { AIM })',
  '503 always': 'httpFaults.status(503, { AIM, times: Infinity })',
  '502 page': "httpFaults.status(502, { AIM, body: '<html><h1>502 Bad Gateway</h1></html>' })",
  '504': 'httpFaults.status(504, { AIM })',
  '429 retry-after': 'httpFaults.status(429, { AIM, retryAfter: 1 })',
  '429': 'httpFaults.status(429, { AIM, times: Infinity })',
  '401': 'httpFaults.status(401, { AIM })',
  '401 always': 'httpFaults.status(401, { AIM, times: Infinity })',
  '403': 'httpFaults.status(403, { AIM })',
  '404': 'httpFaults.status(404, { AIM })',
  '409': 'httpFaults.status(409, { AIM })',
  'reset mid body': 'httpFaults.resetMidBody({ AIM })',
  'repeated page': 'httpFaults.repeatedPage({ AIM })',
  '200 html': 'httpFaults.html200({ AIM })',
  'truncated body': 'httpFaults.truncatedBody({ AIM })',
  'empty 204': 'httpFaults.empty204({ AIM })',
  'graphql errors': 'httpFaults.graphqlErrors({ AIM })',
  'graphql partial data': 'httpFaults.graphqlPartial({ AIM })',
  'another refusal': 'httpFaults.anotherRefusal({ AIM })',
  'endless pages': "httpFaults.morePages('endless', { AIM })",
  'empty page': "httpFaults.morePages('empty', { AIM })",
  'last page again': "httpFaults.morePages('last again', { AIM })",
  'connection refused': "httpFaults.noConnection('refused', { AIM, times: Infinity })",
  'connect timeout': "httpFaults.noConnection('timeout', { AIM })",
  slow: 'httpFaults.slow(2000, { AIM })',
  redirect: 'httpFaults.redirect({ AIM })',
  'field absent': 'httpFaults.fieldAbsent(FIELDS, { AIM, times: Infinity })',
  'field null': 'httpFaults.fieldNull(FIELDS, { AIM, times: Infinity })',
  'field of another type': 'httpFaults.fieldOfAnotherType(FIELDS, { AIM, times: Infinity })',
  'field empty': 'httpFaults.fieldEmpty(FIELDS, { AIM, times: Infinity })',
  'unknown enum value': 'httpFaults.unknownEnumValue(FIELDS, { AIM, times: Infinity })',
  'extra field': 'httpFaults.extraField({ AIM, times: Infinity })',
  'delivered twice': 'webhookFaults.deliveredTwice({ AIM })',
  'acknowledgement lost': 'webhookFaults.acknowledgementLost({ AIM })',
  'delivered twice at once': 'webhookFaults.deliveredTwiceAtOnce({ AIM })',
  'signature bad': 'webhookFaults.signatureBad({ AIM })',
  'signature absent': 'webhookFaults.signatureAbsent({ AIM })',
  'signed long ago': 'webhookFaults.signedLongAgo({ AIM })',
  'body changed': 'webhookFaults.bodyChanged({ AIM })',
  'delivered late': 'webhookFaults.deliveredLate({ AIM })',
  'unknown event type': 'webhookFaults.unknownEvent({ AIM })',
  'out of order': 'webhookFaults.outOfOrder({ AIM, times: 2 })',
  'null columns': 'nullColumns({ AIM })',
  'no rows': 'noRows({ AIM })',
  'idle connection lost': 'idleConnectionLost({ AIM })',
  'commit answer lost': 'lostAnswer({ AIM })',
  'lost before commit': 'lostConnection({ AIM })',
  'write answer lost': 'lostAnswer({ AIM })',
  'sqlstate 40001': "sqlstate('40001', { AIM })",
  'sqlstate 40P01': "sqlstate('40P01', { AIM })",
  'sqlstate 23505': "sqlstate('23505', { AIM })",
  'sqlstate 25006': "sqlstate('25006', { AIM })",
  'sqlstate 57014': "sqlstate('57014', { AIM })",
  'connection lost': 'lostConnection({ AIM })',
  'publish nacked': 'amqpFaults.nacked(), { AIM }',
  'confirm lost': 'amqpFaults.confirmLost(), { AIM }',
  'lost before publish': 'lostConnection({ AIM })',
  'broker down': 'serviceDown({ AIM })',
  'publish slow': 'amqpFaults.confirmSlow({ ms: 2000 }), { AIM }',
  'publish answer lost': 'lostAnswer({ AIM })',
  redelivery: 'messageFaults.redelivery(), { AIM }',
  'ack lost': 'messageFaults.crashBeforeAck(), { AIM }',
  'shutdown mid-message': 'amqpFaults.shutdown(), { AIM }',
  'reordered message': 'messageFaults.reorder({ ms: 300 }), { AIM }',
  'duplicate message': 'messageFaults.duplicate(), { AIM }',
  'poison message': 'messageFaults.poison(), { AIM, times: Infinity }',
  'cache lost': 'lostConnection({ AIM })',
  'cache down': 'serviceDown({ AIM })',
  'cache loading': 'redisFaults.loading(), { AIM, times: Infinity }',
  'cache no answer': 'redisFaults.timeout(), { AIM }',
  'cache full': 'redisFaults.oom(), { AIM }',
  'cache miss': 'redisFaults.miss(), { AIM, times: Infinity, untilWritten: true }',
  'cache stale value': 'redisFaults.stale(TOLD), { AIM }',
  'cache half value': 'redisFaults.half(), { AIM }',
  'cache write lost': 'redisFaults.writeLost(), { AIM }',
  'cache wrong type': 'redisFaults.wrongType(), { AIM, times: Infinity }',
})

/** What single fields of messages are is armed by the same names, with the aim beside it. */
const ofMessages: Readonly<Record<string, string>> = {
  'field absent': 'messageFaults.fieldAbsent(FIELDS), { AIM, times: Infinity }',
  'field null': 'messageFaults.fieldNull(FIELDS), { AIM, times: Infinity }',
  'field of another type': 'messageFaults.fieldOfAnotherType(FIELDS), { AIM, times: Infinity }',
  'field empty': 'messageFaults.fieldEmpty(FIELDS), { AIM, times: Infinity }',
  'unknown enum value': 'messageFaults.unknownEnumValue(FIELDS), { AIM, times: Infinity }',
  'extra field': 'messageFaults.extraField(), { AIM, times: Infinity }',
}

/** What happens to a message is armed at its acknowledgement. */
const atAck: ReadonlySet<string> = new Set(['redelivery', 'ack lost'])

/** How the fault of a cell is armed in a test; `undefined` for one that tests cannot arm. */
export function faultCode({
  fault,
  operation,
  nth,
  detail,
  answered,
}: Pick<Cell, 'fault' | 'operation' | 'nth' | 'detail' | 'answered'>): FaultCode | undefined {
  const call = operation.startsWith('DELIVER ') ? (ofMessages[fault] ?? calls[fault]) : calls[fault]
  if (call === undefined) return undefined
  const fields = `[${(detail?.pointers ?? []).map(quote).join(', ')}]`
  const struck = atAck.has(fault) ? operation.replace(/^DELIVER/, 'ACK') : operation
  const aim = [
    `operation: ${quote(struck)}`,
    ...(nth > 1 ? [`nth: ${nth}`] : []),
    ...(detail?.status === undefined ? [] : [`status: ${detail.status}`]),
  ].join(', ')
  const told = quote(answered?.body ?? '')
  const whole = call.replace('FIELDS', () => fields).replace('TOLD', () => told)
  return { call: whole.replace('AIM', () => aim), imports: /^\w+/.exec(call)![0] }
}

/** A text as TypeScript writes it. */
export function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
}
