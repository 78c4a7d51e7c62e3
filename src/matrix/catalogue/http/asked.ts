import { isSessionCookie, normalName, queryKind } from '../../../core/redaction/credential-names.ts'
import type { HttpQuestion, HttpReply } from '../../../protocols/http/message.ts'
import { jsonOf } from '../../../protocols/http/faults/change-json.ts'
import type { Moment } from '../../../timeline/moment.ts'
import type { ExchangeClass } from '../../classes.ts'

/** Asked over HTTP, and done. */
export const good = ({ protocol, outcome }: ExchangeClass): boolean => protocol === 'http' && outcome === '2xx'
/** Asked over HTTP, and answered, be it with a refusal that the program lives with, such as a 404 or a redirect. */
export const answered = ({ protocol, outcome }: ExchangeClass): boolean =>
  protocol === 'http' && /^[2-5]xx$/.test(outcome)
export const writes = (exchanges: ExchangeClass): boolean => good(exchanges) && exchanges.effect
export const reads = (exchanges: ExchangeClass): boolean => good(exchanges) && !exchanges.effect

/** What came back over HTTP. */
export function repliesOf({ exchange }: Moment): readonly HttpReply[] {
  return (exchange?.messages ?? []).map(({ message }) => message as HttpReply)
}

/** Whether the answer has a body. */
export function hasBody(moment: Moment): boolean {
  return repliesOf(moment).some((reply) => reply.type === 'data' && reply.bytes.length > 0)
}

/** Whether the request carries credentials: in a header, in a cookie that keeps somebody logged in, or in its query. */
export function isAuthorized({ exchange }: Moment): boolean {
  const { headers = [], url = '' } = (exchange?.question ?? {}) as Partial<HttpQuestion>
  return headers.some(isCredential) || namesIn(url.split('?')[1] ?? '', '&').some((name) => queryKind(name))
}

function isCredential([name, value]: readonly [string, string]): boolean {
  if (/^cookie$/i.test(name)) return namesIn(value, ';').some(isSessionCookie)
  return /^(?:authorization|x-api-key)$/i.test(name)
}

/** The names in a list such as `a=1&b=2`, as credentials are told by them. */
function namesIn(list: string, between: string): readonly string[] {
  return list.split(between).map((one) => normalName(one.split('=', 1)[0]!))
}

/** The JSON of an answer. */
export function answerOf(moment: Moment): unknown {
  return jsonOf(repliesOf(moment))?.value
}

/** What good code does about an effect that may have been. */
export const retrySafely = 'ask again with the same idempotency key, or find out first whether it was done'

/** What good code does about a service that does nothing. */
export const giveUp = 'give up after a few attempts, with an error that names the service'
