import type { ProvedExample } from '../../core/proved-contract.ts'
import { decodeContent } from '../../protocols/http/decode-content.ts'
import { jsonOf } from '../../protocols/http/faults/change-json.ts'
import { header, type HttpQuestion, type HttpReply } from '../../protocols/http/message.ts'
import { endOf, type Moment } from '../../timeline/moment.ts'
import { type Baseline, referenceOf } from '../baseline.ts'
import { type Observation, placeOf } from '../observation.ts'
import { type BodyField, fieldsOf } from './body-fields.ts'
import { type DeliveredJson, deliveredIn } from './delivered.ts'
import { chooseTests } from './choose-tests.ts'

/** Answers with JSON that are alike: of one operation, with one status; or messages that a broker brings from one place. */
export interface AnswerClass {
  readonly boundary: string
  readonly protocol: string
  readonly operation: string
  /** 0 of messages, which have none. */
  readonly status: number
  readonly contentType: string
  readonly example: ProvedExample
  readonly fields: readonly BodyField[]
  /** Tests whose program gets such answers, the same ones in every run, those that say most for what they cost first. */
  readonly tests: readonly AnsweredTest[]
}

/** A test whose program gets answers of a class. */
export interface AnsweredTest {
  readonly baseline: Baseline
  /** Place of the first one among all answers of the operation. */
  readonly nth: number
  /** Where the program asks for it, as far as that is known. */
  readonly site: string | undefined
}

/** A JSON answer, or a message, as it was written down. */
interface Seen {
  readonly moment: Moment
  readonly operation: string
  readonly status: number
  readonly contentType: string
  readonly nth: number
  readonly site: string | undefined
  readonly value: unknown
  readonly example: () => ProvedExample
}

/**
 * What HTTP services have answered with JSON to the program, by operation and status, and what brokers have brought it.
 *
 * @param most - Up to how many tests of one operation are looked at.
 */
export function answersOf(baselines: readonly Baseline[], most: number): readonly AnswerClass[] {
  const found = baselines.flatMap((baseline) => {
    const classes = Map.groupBy(answersIn(referenceOf(baseline)), keyOf)
    return [...classes].map(([key, answers]) => ({ key, baseline, answers, site: answers[0]!.site }))
  })
  const classes = [...Map.groupBy(found, ({ key }) => key)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return classes.flatMap(([, group]): AnswerClass[] => {
    const tests = chooseTests(group.filter(isSteady), most)
    if (tests.length === 0) return []
    const [{ moment, operation, status, contentType, example }] = tests[0]!.answers as [Seen, ...Seen[]]
    const { boundary, protocol } = moment
    const bodies = tests.map(({ key, baseline }) =>
      baseline.runs.map((run) => answersIn(run).flatMap((one) => (keyOf(one) === key ? [one.value] : []))),
    )
    return [
      {
        boundary,
        protocol,
        operation,
        status,
        contentType,
        example: example(),
        fields: fieldsOf(bodies),
        tests: tests.map(({ baseline, answers, site }) => ({ baseline, nth: answers[0]!.nth, site })),
      },
    ]
  })
}

/**
 * Of messages that are under way at the same time, the first is another one in every run. What NATS and MQTT bring comes
 * in the order it was published, and is settled by nobody.
 */
function isSteady({ key, baseline }: { readonly key: string; readonly baseline: Baseline }): boolean {
  return baseline.runs.every((run) => {
    const brought = deliveredIn(run.moments).flatMap((one) =>
      one.moment.protocol === 'amqp' && keyOf(seenOf(one)) === key ? [one.moment] : [],
    )
    return brought.every((moment, i) => i === 0 || endOf(brought[i - 1]!) <= moment.at)
  })
}

function keyOf({ moment, operation, status }: Seen): string {
  return [moment.boundary, operation, status].join('\0')
}

function answersIn(run: Observation): readonly Seen[] {
  return [...answersOverHttp(run), ...deliveredIn(run.moments).map(seenOf)]
}

function seenOf({ moment, operation, nth, channel, contentType, headers, value }: DeliveredJson): Seen {
  const example = (): ProvedExample => ({
    method: 'DELIVER',
    path: channel,
    query: '',
    requestHeaders: [],
    requestBody: '',
    responseHeaders: headers,
    responseBody: value,
  })
  return { moment, operation, status: 0, contentType, nth, site: undefined, value, example }
}

/** What only a test asks, or what stands in for others, is not the program. */
function answersOverHttp({ moments, asks }: Observation): readonly Seen[] {
  const byPlace = new Map(asks.map((ask) => [ask.place, ask]))
  const counts = new Map<string, number>()
  return moments.flatMap((moment): Seen[] => {
    const operation = `${moment.boundary}\0${moment.operation}`
    const nth = (counts.get(operation) ?? 0) + 1
    counts.set(operation, nth)
    const ask = byPlace.get(placeOf(moment) - 1)
    if (moment.protocol !== 'http' || ask?.byTest || ask?.byStandIn) return []
    const json = answeredJson(moment)
    if (!json) return []
    const { status, headers } = json.head
    const contentType = header(headers, 'content-type') ?? ''
    const example = (): ProvedExample => exampleOf(moment.exchange!.question as HttpQuestion, json)
    return [
      { moment, operation: moment.operation, status, contentType, nth, site: ask?.site, value: json.value, example },
    ]
  })
}

/** The JSON that was answered; `undefined` when it was none, or cannot be read any more. */
export function answeredJson({ exchange }: Moment): ReturnType<typeof jsonOf> {
  try {
    return jsonOf((exchange?.messages ?? []).map(({ message }) => message as HttpReply))
  } catch {
    return undefined
  }
}

function exampleOf(
  { method, url, headers, body }: HttpQuestion,
  { head, value }: NonNullable<ReturnType<typeof jsonOf>>,
): ProvedExample {
  // What was redacted would not stay as it is in a URL that is parsed.
  const [, path = '', query = ''] = /^\w+:\/\/[^/?#]*([^?#]*)\??([^#]*)/.exec(url) ?? []
  return {
    method,
    path: path || '/',
    query,
    requestHeaders: headers,
    requestBody: decodeContent(body, header(headers, 'content-encoding')).toString('utf8'),
    responseHeaders: head.headers,
    responseBody: value,
  }
}
