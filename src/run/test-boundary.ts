import { inspect } from 'node:util'
import { closestWord } from '../core/closest-word.ts'
import { MortarError } from '../core/errors.ts'
import { eventually, type WaitOptions } from '../core/eventually.ts'
import type { Exchange } from '../core/exchange.ts'
import type { Armed, ArmedWireFault, FaultMatch, QuestionFault } from '../modes/faults/fault-set.ts'
import type { HttpFault } from '../protocols/http/faults/http-fault.ts'
import { publicationOf } from '../protocols/publication.ts'
import { type Match, matchesValue, readBody } from './match-value.ts'
import type { AttachedBoundary } from './attached-boundary.ts'
import { fallbackSession, setFallbackSession } from './current-session.ts'
import { effectsSoFar, type SeenEffect } from './effects-so-far.ts'
import type { Session } from './session.ts'
import type { WorkerServers } from './worker-servers.ts'

/** A message that a test published. */
export interface Published {
  readonly subject: string
  /** Parsed if it is JSON, else as text. Redacted as the recording is. */
  readonly body: unknown
}

/** One boundary as the running test sees it. */
export interface TestBoundary {
  readonly name: string
  /**
   * Arms a fault, from the next byte on, until the test ends. A test whose fault struck nothing fails.
   *
   * @param match - Which questions it strikes, where that is to be narrower than the fault has it.
   * @throws MortarError `MORTAR_USAGE` where faults cannot be armed
   */
  fault(fault: QuestionFault | ArmedWireFault | HttpFault, match?: FaultMatch): Promise<Armed>
  /** What has crossed in this test so far, redacted. */
  exchanges(): readonly Exchange[]
  /**
   * What the program has changed at this boundary in this test so far: requests that were not refused, rows of
   * committed transactions, messages, mails. What is asked again with the same idempotency key counts once.
   *
   * @param operation - Only these: `POST /v1/charges`, `INSERT orders`; exact.
   */
  effects(operation?: string): readonly SeenEffect[]
  /**
   * Waits until a message has been published and the broker has not refused it.
   *
   * @param subject - Subject, topic, channel or routing key; exact, or an expression.
   * @param match - A part of the body, or a function of it.
   * @throws MortarError `MORTAR_NOT_AWAITED` with what was published instead
   */
  published(subject: string | RegExp, match?: Match, options?: WaitOptions): Promise<Published>
  /**
   * Waits until a query has a row, columns by name, values as JSON has them.
   *
   * @param sql - One SELECT, run outside of the program's transactions.
   * @throws MortarError `MORTAR_NOT_AWAITED` with the rows that there are instead
   */
  row(sql: string, match?: Match, options?: WaitOptions): Promise<Readonly<Record<string, unknown>>>
}

interface ArmedAt {
  readonly armed: Armed
  readonly boundary: string
  readonly match: FaultMatch | undefined
  /** What it strikes is done all the same. */
  readonly isDone: boolean
}

const armedIn = new WeakMap<Session, ArmedAt[]>()

/** The boundary of that name for the test of `session`. @throws MortarError `MORTAR_USAGE` when there is none */
export function testBoundary(
  boundaries: readonly AttachedBoundary[],
  servers: WorkerServers | undefined,
  session: Session,
  name: string,
  isAlone: () => boolean,
): TestBoundary {
  const boundary = boundaries.find((each) => each.name === name)
  if (!boundary) {
    const names = boundaries.map((each) => each.name)
    const expected = names.join(', ') || 'a config that declares one'
    const near = closestWord(name, names)
    throw new MortarError('MORTAR_USAGE', `the config has no boundary \`${name}\``, {
      expected,
      hint: near === undefined ? 'Name one that it has.' : `Did you mean \`${near}\`?`,
    })
  }
  const exchanges = (): readonly Exchange[] => {
    if (boundary.wire && !isAlone()) throw severalAtOnce(name)
    return session.taken(name)
  }
  return {
    name,
    exchanges,
    async fault(fault, match) {
      if (boundary.wire && !isAlone()) throw severalAtOnce(name)
      const own = 'match' in fault ? { ...fault, match: { ...fault.match, ...match } } : fault
      const armed =
        'before' in own ? session.arm(asked(boundary, own), own as never) : serverOf(servers, boundary).arm(own)
      if ('before' in own && isAlone()) askAs(session, isAlone)
      const isDone = 'disturbance' in own && own.disturbance.do === 'lose'
      const at = { armed, boundary: name, match: 'match' in own ? own.match : undefined, isDone }
      const before = armedIn.get(session)
      if (before) before.push(at)
      else armedIn.set(session, [at])
      return armed
    },
    effects(operation) {
      const lost = (armedIn.get(session) ?? []).flatMap(({ boundary: at, match, isDone }) =>
        at === name && isDone && match ? [match] : [],
      )
      const all = effectsSoFar(exchanges(), boundary, lost)
      return operation === undefined ? all : all.filter((effect) => effect.operation === operation)
    },
    async published(subject, match, options) {
      const all = (): Published[] => publishedIn(exchanges(), boundary)
      const found = (): Published | false =>
        all().find((one) => says(subject, one.subject) && matchesValue(one.body, match)) ?? false
      const what = `${name}: no message ${String(subject)} was published`
      const instead = (): string[] => all().map((one) => `${one.subject} ${JSON.stringify(one.body)}`)
      return await waitFor(found, options, { what, match, instead })
    },
    async row(sql, match, options) {
      const { direct } = serverOf(servers, boundary)
      const { openLook } = await import('../services/look.ts')
      const look = await openLook(boundary.input.protocol, direct)
      let rows: readonly Readonly<Record<string, unknown>>[] = []
      let refused: unknown
      const found = async (): Promise<Readonly<Record<string, unknown>> | false> => {
        try {
          rows = await look.rows(sql)
        } catch (error) {
          // A query that is wrong does not become right by waiting.
          refused = error
          return {}
        }
        return rows.find((row) => matchesValue(row, match)) ?? false
      }
      try {
        const what = `${name}: no such row of ${sql}`
        const row = await waitFor(found, options, {
          what,
          match,
          instead: () => rows.map((one) => JSON.stringify(one)),
        })
        if (refused) throw refused
        return row
      } finally {
        look.close()
      }
    },
  }
}

/** What the program serves in this process asks by itself; while a test is alone, that is the test's doing. */
function askAs(session: Session, isAlone: () => boolean): void {
  const before = fallbackSession() ?? session
  setFallbackSession(() => (isAlone() ? session : before))
}

/** Whether the test of a session has armed a fault by itself. */
export function armsFaults(session: Session): boolean {
  return armedIn.has(session)
}

/** Fails the test of a session when a fault that it armed struck nothing. @throws MortarError `MORTAR_FAULT_UNREACHED` */
export function failOnUnreached(session: Session): void {
  const unreached = armedIn.get(session)?.find(({ armed }) => armed.struck === 0)
  if (!unreached) return
  const { armed, boundary, match } = unreached
  const operations = new Set(session.taken(boundary).map(({ operation }) => operation))
  throw new MortarError('MORTAR_FAULT_UNREACHED', `the fault \`${armed.name}\` was armed and struck nothing`, {
    where: `boundaries.${boundary}`,
    ...(match && { expected: inspect(match, { breakLength: Infinity }) }),
    seen: operations.size === 0 ? 'nothing was asked' : [...operations].slice(0, 20).join(', '),
    ...(armed.hindered !== undefined && { hint: `It could not be done: ${armed.hindered}.` }),
  })
}

/** The name of a boundary at which a fault of HTTP can be armed. */
function asked({ name, protocol }: AttachedBoundary, fault: { readonly name: string }): string {
  if (protocol.name === 'http' || protocol.name === 'webhook') return name
  throw new MortarError('MORTAR_USAGE', `\`${fault.name}\` is a fault of HTTP, and \`${name}\` speaks ${protocol.name}`)
}

function serverOf(servers: WorkerServers | undefined, { name, wire }: AttachedBoundary) {
  const server = servers?.find(name)
  if (server) return server
  throw new MortarError('MORTAR_USAGE', `the boundary \`${name}\` has no server of your own behind it`, {
    hint: wire
      ? 'Its address is neither given nor could it be started.'
      : 'Only servers of your own can be told to fail or be looked into.',
  })
}

function publishedIn(exchanges: readonly Exchange[], { protocol, input }: AttachedBoundary): Published[] {
  return exchanges.flatMap(({ question, messages }) => {
    const publication = publicationOf(input.protocol, question)
    if (!publication || !protocol.outcome(messages.map(({ message }) => message)).ok) return []
    return [{ subject: publication.subject, body: readBody(publication.body) }]
  })
}

function says(wanted: string | RegExp, seen: string): boolean {
  return typeof wanted === 'string' ? wanted === seen : seen.search(wanted) >= 0
}

function severalAtOnce(name: string): MortarError {
  const what = `tests that run at the same time cannot be told apart at \`${name}\`, whose connections they share`
  return new MortarError('MORTAR_USAGE', what, {
    hint: 'Run them one after another (`test` in place of `test.concurrent`), or in files of their own.',
  })
}

/** What is said when it does not come. */
interface Awaited {
  readonly what: string
  readonly match: Match | undefined
  instead(): readonly string[]
}

async function waitFor<T>(
  found: () => T | false | Promise<T | false>,
  options: WaitOptions | undefined,
  { what, match, instead }: Awaited,
): Promise<T> {
  try {
    return (await eventually(found, options)) as T
  } catch (error) {
    if (!MortarError.is(error, 'MORTAR_NOT_AWAITED') || error.cause !== undefined) throw error
    const expected = match === undefined ? 'any' : inspect(match, { breakLength: Infinity, depth: 6 })
    throw new MortarError('MORTAR_NOT_AWAITED', what, { expected, seen: shortList(instead()) })
  }
}

function shortList(lines: readonly string[]): string {
  const shown = lines.slice(-10).map((line) => (line.length > 300 ? `${line.slice(0, 299)}…` : line))
  const more = lines.length > shown.length ? [`(${lines.length - shown.length} before these)`] : []
  return shown.length === 0 ? 'none at all' : [...more, ...shown].join('\n          ')
}
