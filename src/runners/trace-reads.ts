import { fileURLToPath } from 'node:url'
import { readerOn } from '../run/matrix/call-site.ts'
import { type HeardAnswer, hearAnswers, type HearingPlace } from '../run/matrix/contract/hear-answers.ts'
import type { RunRecord } from '../run/matrix/plan-file.ts'
import { traceJson, untraced } from './trace-json.ts'

type TracedRead = NonNullable<RunRecord['reads']>[number]

/** Reading that is watched. */
export interface ReadTrace {
  /** Watches no longer. @returns What was read so far. */
  end(): readonly TracedRead[]
}

/** The folder of this package: what is in it reads for nobody. */
const own = fileURLToPath(new URL('..', import.meta.url))

/** How far up a stack is looked at. */
const mostLines = 100

/** So often it is looked who reads one field. */
const mostLooks = 50

/**
 * Watches who reads which fields of the JSON that services answer in a session, or brokers bring, from now on and in all of this process:
 * what `JSON.parse` makes of the text of such an answer, and `Response.json()`.
 *
 * @param standIns - Files that stand in for others, absolute.
 */
export function traceReads(place: HearingPlace, standIns: readonly string[] = []): ReadTrace {
  const { directory } = place.run.config
  const answers = new Map<string, HeardAnswer[]>()
  const found = new Map<string, TracedRead>()
  const looks = new Map<string, number>()
  hearAnswers(place, (answer) => {
    const key = keyOf(answer.text)
    const same = answers.get(key)
    if (same) same.push(answer)
    else answers.set(key, [answer])
  })

  function note({ boundary, operation, status }: HeardAnswer, pointer: string, whole: boolean): void {
    const field = JSON.stringify([boundary, operation, status, pointer, whole])
    const count = (looks.get(field) ?? 0) + 1
    if (count > mostLooks) return
    looks.set(field, count)
    const by = readerOn(stackHere(), { directory, own, standIns })
    found.set(`${field} ${by}`, { boundary, operation, status, pointer, by, ...(whole && { whole: true }) })
  }

  const { parse } = JSON
  const responses = Response.prototype as { json: () => Promise<unknown> }
  const { json } = responses
  const clone = globalThis.structuredClone
  const watch = (value: unknown, text: string): unknown => {
    const heard = typeof value === 'object' && value !== null ? answers.get(keyOf(text)) : undefined
    if (!heard) return value
    // That it was parsed at all says that nobody reads what is not told of.
    for (const answer of heard) note(answer, '', false)
    return traceJson(value as object, (pointer, whole) => {
      for (const answer of heard) note(answer, pointer, whole)
    })
  }
  JSON.parse = function parseWatched(text: string, reviver?: Parameters<typeof parse>[1]) {
    const value: unknown = parse(text, reviver)
    // What is written down of an exchange is read for that only.
    return answers.has(keyOf(String(text))) && !isOwnCall(parseWatched) ? watch(value, String(text)) : value
  }
  // Its own does not ask the `JSON` of this realm.
  responses.json = async function (this: Response) {
    const text = await this.text()
    return watch(parse(text), text)
  }
  globalThis.structuredClone = (value, options) => clone(untraced(value), options)
  return {
    end() {
      JSON.parse = parse
      responses.json = json
      globalThis.structuredClone = clone
      return [...found.values()]
    },
  }
}

/** Clients cut off what stands around a document. */
function keyOf(text: string): string {
  return text.replace(/^\ufeff/, '').trim()
}

/** Whether a line of this package calls a function. */
function isOwnCall(called: (...args: never) => unknown): boolean {
  const [, caller = ''] = stackHere(called, 1).split('\n')
  return caller.includes(own)
}

function stackHere(above: (...args: never) => unknown = stackHere, lines: number = mostLines): string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = lines
  const here = { stack: '' }
  Error.captureStackTrace(here, above)
  Error.stackTraceLimit = stackTraceLimit
  return here.stack
}
