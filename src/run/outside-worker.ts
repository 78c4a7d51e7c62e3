import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { RecordMode } from '../core/boundary.ts'
import type { Peer } from '../core/peer.ts'
import type { TestRef } from '../core/exchange.ts'
import { type Listener, openListener } from '../engine/listener.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import { listenerVariables } from './child-environment.ts'
import type { RunContext } from './run-context.ts'
import { realNow } from '../core/real-clock.ts'
import { openOutsideSession, openSession, type Session, type SessionResult } from './session.ts'
import type { ProcessCell } from './matrix/process-cell.ts'
import type { HeldAddresses } from './held-addresses.ts'
import type { WorkerServers } from './worker-servers.ts'

/** One process outside of this one whose exchanges are told apart from those of others. */
export interface OutsideWorker {
  readonly name: string
  /** What it says to the proxy to be recognised. */
  readonly credential: string
  /** Whose exchanges come in now. */
  readonly session: Session
  /** Addresses of its listeners, `host:port`. */
  readonly addresses: readonly string[]
  /** What the worker's environment needs to reach its listeners. */
  readonly variables: Readonly<Record<string, string>>
  /** Resolves when the servers of `env` answer behind its addresses. @throws what starting and opening them throws */
  readonly answers: Promise<void>
  /** Answers a connection that came in by the proxy. */
  serve(boundary: AttachedBoundary, client: Duplex, origin: string): Promise<void>
  /** From here on, exchanges belong to `test`; the former session is closed as passed. */
  start(test: TestRef, mode?: RecordMode): Promise<Session>
  /** Ends the current session. What comes afterwards belongs to the worker itself again. */
  end(outcome: { readonly passed: boolean }): Promise<SessionResult>
  /** With `stopped`, a test that has not ended has not passed. */
  close(outcome: { readonly passed: boolean; readonly stopped?: boolean }): Promise<SessionResult>
}

/** What a worker is opened for. */
export interface WorkerOptions {
  readonly name: string
  /** Name of the cassette of what comes in while no test has started. */
  readonly cassette: string
  /** Keep the ports that the config names; only one worker can have them. */
  readonly fixedPorts: boolean
  readonly env: NodeJS.ProcessEnv
  /** Set in a matrix: what goes wrong. */
  readonly cell?: ProcessCell | undefined
  /** Resolves when the server of a boundary answers; left out: all do. Until then whoever connects to it waits. */
  readonly answering?: (boundary: string) => Promise<void>
  /** What a program is given that takes part as this worker. */
  readonly environmentOf: (worker: OutsideWorker) => Promise<NodeJS.ProcessEnv>
}

/** Opens a listener for each boundary, all of one worker. */
export async function openWorker(run: RunContext, options: WorkerOptions): Promise<OutsideWorker> {
  const stop = new AbortController()
  let running: { readonly test: TestRef; readonly since: number } | undefined
  const { cell, cassette } = options
  const openOutside = (): Session => cell?.open(run, cassette) ?? openOutsideSession(run, cassette)
  let session = openOutside()
  const listeners = new Map<AttachedBoundary, Listener>()
  let servers: WorkerServers | undefined
  let held: HeldAddresses | undefined
  let answers = Promise.resolve()
  const serve = (
    boundary: AttachedBoundary,
    client: Duplex,
    door: 'listener' | 'proxy',
    origin: string,
    address?: string,
  ): Promise<void> =>
    boundary.protocol.serve(
      client,
      (question: AnyQuestion, signal) => {
        const url = door === 'proxy' ? (question as { readonly url?: string }).url : undefined
        if (url === undefined || url.startsWith(origin)) return session.peer(boundary, origin, door)(question, signal)
        return elsewhere(url, boundary, door)(question, signal)
      },
      { origin, signal: stop.signal, ...(address !== undefined && { address }) },
    )
  /** A proxy's connection for plain HTTP is shared by all hosts: later questions may be for another one. */
  function elsewhere(url: string, first: AttachedBoundary, door: 'proxy' | 'listener'): Peer<AnyQuestion, unknown> {
    const found = run.addresses.byUrl(url)
    if (found) return session.peer(found.value, found.origin, door)
    const { origin, hostname } = new URL(url)
    const error = run.config.allow.includes(hostname) ? undefined : session.unknown(origin)
    if (error) throw error
    return first.live(origin)
  }
  try {
    if (!options.answering) servers = await serversOf(run, options, () => session)
    else {
      held = await addressesOf(run, options, () => session)
      answers = (async () => void (servers = await held?.open()))()
      answers.catch(() => {})
    }
    for (const boundary of run.boundaries) {
      if (boundary.wire) continue
      const origin = boundary.origins.find((candidate) => !candidate.includes('*'))
      if (origin === undefined) continue
      const { port } = boundary.input
      const listener: Listener = await openListener({
        purpose: `the boundary ${boundary.name}`,
        ...(options.fixedPorts && port !== undefined && { port }),
        onConnection: (client) => serve(boundary, client, 'listener', origin, `127.0.0.1:${listener.port}`),
      })
      listeners.set(boundary, listener)
    }
  } catch (error) {
    const opened = [...listeners.values(), ...[servers, held].filter((one) => one !== undefined)]
    await Promise.all(opened.map((one) => one.close()))
    throw error
  }
  cell?.arm(session, servers)
  const opened: OutsideWorker = {
    name: options.name,
    credential: `${options.name.replace(/[^A-Za-z0-9_-]/g, '-')}-${randomBytes(6).toString('hex')}`,
    get session() {
      return session
    },
    addresses: [
      ...[...listeners.values()].map(({ host, port }) => `${host}:${port}`),
      ...((servers ?? held)?.addresses ?? []),
    ],
    variables: { ...listenerVariables(listeners, options.env), ...(servers ?? held)?.variables },
    answers,
    async serve(boundary, client, origin) {
      if (!boundary.wire) return serve(boundary, client, 'proxy', origin)
      await answers
      await servers?.carry(boundary, client)
    },
    async start(test, mode) {
      await servers?.begin()
      session.close({ passed: true })
      running = { test, since: performance.now() }
      run.journal.write({ t: 'test', at: realNow(), test, state: 'start' }, 'soon')
      session = cell?.open(run, cassette, test) ?? openSession(run, test, mode === undefined ? {} : { mode })
      cell?.arm(session, servers)
      return session
    },
    async end(outcome) {
      await cell?.settle(() => options.environmentOf(opened), session)
      if (running) await servers?.end(running.test.name)
      const result = session.close(outcome)
      cell?.end(session, outcome.passed && session.failures.length === 0)
      if (running) {
        const [failure] = session.failures
        const { test, since } = running
        const state = outcome.passed && !failure ? 'passed' : 'failed'
        const error = failure && { error: failure.message }
        const durationMs = performance.now() - since
        run.journal.write({ t: 'test', at: realNow(), test, state, durationMs, ...error }, 'soon')
        running = undefined
      }
      session = openOutside()
      return result
    },
    async close({ passed, stopped = false }) {
      stop.abort()
      await Promise.all([...listeners.values()].map((listener) => listener.close()))
      await answers.catch(() => {})
      await servers?.close()
      await held?.close()
      return session.close({ passed: passed && !(stopped && running), stopped })
    },
  }
  return opened
}

/** Most configs have no server of their own, and load nothing for it. */
async function serversOf(
  run: RunContext,
  { name, env, fixedPorts }: WorkerOptions,
  session: () => Session,
): Promise<WorkerServers | undefined> {
  if (!run.boundaries.some(({ wire }) => wire)) return undefined
  const { openWorkerServers } = await import('./worker-servers.ts')
  return openWorkerServers(run, { worker: name, env, fixedPorts, session, door: 'listener' })
}

/** The same, of servers that do not answer yet. */
async function addressesOf(
  run: RunContext,
  { name, env, fixedPorts, answering }: WorkerOptions,
  session: () => Session,
): Promise<HeldAddresses | undefined> {
  if (!run.boundaries.some(({ wire }) => wire)) return undefined
  const { holdAddresses } = await import('./held-addresses.ts')
  return holdAddresses(run, {
    worker: name,
    env,
    fixedPorts,
    session,
    door: 'listener',
    ...(answering && { answering }),
  })
}
