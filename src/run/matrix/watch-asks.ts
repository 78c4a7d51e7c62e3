import { createHash } from 'node:crypto'
import { realNow } from '../../core/real-clock.ts'
import type { ProgramClock } from '../../engine/clock/program-clock.ts'
import type { Ask } from '../../matrix/observation.ts'
import { idempotencyKeyOf } from '../../protocols/http/idempotency-key.ts'
import type { HttpQuestion } from '../../protocols/http/message.ts'
import type { RunContext } from '../run-context.ts'
import type { AskedQuestion } from '../session.ts'
import { askingStack, own, runningFiles, stackHere, watchCallStacks } from '../call-stacks.ts'
import { type CallSite, callSiteOf, type CallSiteOptions, haveTest } from './call-site.ts'

/** Place of an id among all that was asked in this process. */
export function placeIn(id: string): number {
  return Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 36)
}

/**
 * Takes down who asks what; the exchange itself, where there is one, has the next place.
 *
 * @param standIns - Files that stand in for others, absolute.
 * @param clock - Which the program has, where that is ours: it tells whether the program has waited.
 */
export function watchAsks(
  run: RunContext,
  asks: { push(ask: Ask): unknown },
  standIns: readonly string[] = [],
  clock?: Pick<ProgramClock, 'fired' | 'isReplaced'>,
): (asked: AskedQuestion) => void {
  const options = { directory: run.config.directory, own, standIns }
  watchCallStacks()
  return ({ boundary, operation, question, struck }) => {
    const { headers } = question as Partial<HttpQuestion>
    const key = headers && idempotencyKeyOf(headers)
    asks.push({
      place: placeIn(run.nextId()),
      at: realNow(),
      boundary: boundary.name,
      operation,
      ...(key !== undefined && { key: hashOf(key) }),
      ...siteOf(options),
      ...(haveTest(runningFiles(), options) && { fromTest: true as const }),
      ...(struck && { struck: true as const, said: saidIn(question as Partial<HttpQuestion>) }),
      ...(clock && !clock.isReplaced && { fired: clock.fired() }),
    })
  }
}

/** Finds the line of the program that asks a server of ours now, where that can be told from who writes. */
export function watchSites(run: RunContext, standIns: readonly string[] = []): () => string | undefined {
  const options = { directory: run.config.directory, own, standIns }
  const known = new Map<string, string | undefined>()
  return () => {
    const stack = askingStack()
    if (known.has(stack)) return known.get(stack)
    const { site, byStandIn } = callSiteOf(stack, options)
    known.set(stack, byStandIn ? undefined : site)
    return known.get(stack)
  }
}

function saidIn({ method = '', url = '', body = new Uint8Array() }: Partial<HttpQuestion>): string {
  return hashOf(`${method} ${url}`, body)
}

function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 12)
}

function siteOf(options: CallSiteOptions): CallSite {
  const here = callSiteOf(stackHere(), options)
  if (here.site !== undefined || here.byTest) return here
  // Who has called a client is not always who has it ask now, so no more is said of them than a line.
  const { site, byStandIn } = callSiteOf(askingStack(), options)
  return site === undefined || byStandIn ? {} : { site }
}
