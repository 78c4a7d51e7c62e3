import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { MortarError } from '../core/errors.ts'
import type { Protocol } from '../core/protocol.ts'
import { realNow } from '../core/real-clock.ts'
import type { Recorder } from '../core/recorder.ts'
import { openConnection } from '../engine/connect.ts'
import { type ClientDoor, greetClient, midStream } from '../engine/client-door.ts'
import { openListener } from '../engine/listener.ts'
import { type Armed, type ArmedWireFault, createFaultSet, type QuestionFault } from '../modes/faults/fault-set.ts'
import type { WireName } from '../protocols/wires.ts'
import { movedUrl } from '../services/carry-only.ts'
import { drivers } from '../services/drivers.ts'
import type { Isolated, OwnServer } from '../services/isolation.ts'
import { isolationOf } from '../services/isolations.ts'
import { openServices } from '../services/open-services.ts'
import type { ServiceRequest } from '../services/service-request.ts'
import type { Door } from '../store/journal-event.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import { clientDoors } from './client-door.ts'
import { recordModeOf } from './record-mode.ts'
import { keptOfAnswers } from './recorder.ts'
import type { RunContext } from './run-context.ts'
import { serviceRequests } from './services-of-config.ts'
import type { Session } from './session.ts'
import { startedVariable } from './start-servers.ts'

/** Whose servers they are. */
export interface WorkerServersOptions {
  /** No two of a run have the same name. */
  readonly worker: string
  /** Where the servers' own addresses are found. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly door: Door
  /** Listen at the ports that the config names; only one worker can. */
  readonly fixedPorts: boolean
  /** By boundary, ports to listen at; left out: those that the config names, or free ones. */
  readonly ports?: ReadonlyMap<string, number>
  /** Resolves when the server of a boundary answers; left out: all do. */
  readonly answering?: (boundary: string) => Promise<void>
  /** Whose exchanges come in now. */
  session(): Session
}

/** A server as one worker sees it: its own address, its own state, its own faults. */
export interface WorkerServer extends Isolated {
  readonly boundary: AttachedBoundary
  readonly variable: string
  /** Arms a fault until the test ends. */
  arm(fault: QuestionFault | ArmedWireFault): Armed
  /** Ends every fault. */
  disarmAll(): void
}

/** The servers that we own, as one worker sees them. */
export interface WorkerServers {
  /** What the worker's environment needs to reach them. */
  readonly variables: Readonly<Record<string, string>>
  /** Where they are listened for, `host:port`. */
  readonly addresses: readonly string[]
  readonly all: readonly WorkerServer[]
  find(boundary: string): WorkerServer | undefined
  /** Carries a connection that came in by another door. @param to - The boundary, or the variable of its server. */
  carry(to: AttachedBoundary | string, client: Duplex): Promise<void>
  /** Makes sure that a test finds what no other has touched. */
  begin(): Promise<void>
  /** Ends every fault, and the test's hold on every server. */
  end(test: string): Promise<void>
  /** From here on it is for this run that they are there. */
  join(run: RunContext): void
  close(): Promise<void>
}

/** Opens an address of this worker's own for each server of the config. */
export async function openWorkerServers(run: RunContext, options: WorkerServersOptions): Promise<WorkerServers> {
  const owned = run.boundaries.filter(({ wire }) => wire)
  const requests = await serviceRequests(
    run.config,
    options.env,
    owned.map(({ name }) => name),
  )
  const touched = new Set<AttachedBoundary>()
  const clients = clientDoors(run, options.door)
  const results = await Promise.allSettled(
    owned.map((boundary) => {
      const request = requests.find(({ name }) => name === boundary.name)!
      return openServer(
        run,
        boundary,
        request,
        { ...options, clients: clients(boundary.name) },
        () => void touched.add(boundary),
      )
    }),
  )
  const servers = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []))
  const close = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.close())))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  let current = run
  const warn = (code: 'MORTAR_LEFT_BEHIND' | 'MORTAR_WRITTEN_OUTSIDE', message: string): void =>
    current.journal.write({ t: 'warning', at: realNow(), code, message }, 'soon')

  async function next(some: readonly WorkerServer[], ended: string): Promise<void> {
    await Promise.all(
      some.map(async (server) => {
        for (const { summary } of await server.next(ended)) {
          warn('MORTAR_LEFT_BEHIND', `${server.boundary.name}: "${ended}" left behind ${summary}`)
        }
      }),
    )
  }

  return {
    variables: Object.fromEntries(servers.map(({ variable, url }) => [variable, url])),
    addresses: servers.map(({ url }) => hostOf(url)),
    all: servers,
    find: (name) => servers.find(({ boundary }) => boundary.name === name),
    async carry(to, client) {
      const server = servers.find((each) =>
        typeof to === 'string' ? each.variable === to : each.boundary.name === to.name,
      )
      if (!server) return void client.destroy()
      const [host = '', port] = hostOf(server.url).split(':')
      const signal = current.over
      const own = await openConnection({ host, port: Number(port), timeoutMs: 10_000, signal, allowHalfOpen: true })
      await Promise.allSettled([pipeline(client, own), pipeline(own, client)])
    },
    async begin() {
      if (touched.size === 0) return
      const some = servers.filter(({ boundary, shared }) => touched.has(boundary) && shared !== true)
      touched.clear()
      for (const server of some) {
        if (server.forgets?.() === false) continue
        const { boundary } = server
        const where = `what was written to ${boundary.name} outside of tests is not there in tests`
        warn('MORTAR_WRITTEN_OUTSIDE', where)
      }
      await next(some, 'what ran outside of tests')
    },
    async end(test) {
      for (const server of servers) server.disarmAll()
      await next(servers, test)
    },
    join(other) {
      current = other
    },
    close,
  }
}

function hostOf(url: string): string {
  return /^[^:]+:\/\/(?:[^@/]*@)?([^/?]*)/.exec(url)?.[1] ?? ''
}

/** How one of them is opened. */
interface OpenOptions extends WorkerServersOptions {
  readonly clients: ClientDoor
  readonly port?: number
}

async function openServer(
  run: RunContext,
  boundary: AttachedBoundary,
  request: ServiceRequest,
  options: OpenOptions,
  touch: () => void,
): Promise<WorkerServer | undefined> {
  const { input, protocol } = boundary
  const { variable } = request
  const faults = createFaultSet()
  let disturbed = false
  const own = {
    boundary,
    variable,
    arm(fault: QuestionFault | ArmedWireFault): Armed {
      disturbed = true
      return faults.arm(fault)
    },
    disarmAll(): void {
      disturbed = false
      faults.disarmAll()
    },
  }
  const wanted = options.ports?.get(boundary.name) ?? (options.fixedPorts ? input.port : undefined)
  const port = wanted === undefined ? {} : { port: wanted }
  const mode = recordModeOf(run.config, input)
  if (mode === 'none') {
    return { ...(await replay(run, boundary, request, { ...options, ...port })), ...own }
  }
  const url = options.env[variable]
  if (url === undefined) return undefined
  if (!URL.canParse(url)) {
    throw new MortarError('MORTAR_CONFIG_INVALID', `the address in ${variable} is not valid`, {
      where: `boundaries.${boundary.name}`,
      expected: drivers[request.protocol].url(request, 'HOST', 1).replace(/:1\b/, ':PORT'),
    })
  }
  const recorder: Recorder<AnyQuestion, unknown> = {
    ...(mode !== 'live' && { keepBytes: keptOfAnswers }),
    open(question) {
      const session = options.session()
      if (session.test === null && protocol.describe(question).effect) touch()
      return session.carried(boundary, options.door, () => disturbed).open(question)
    },
  }
  const isolate = await isolationOf(input.protocol as WireName)
  await options.answering?.(boundary.name)
  const isolated = await isolate({
    url,
    input: input as never,
    boundary: boundary.name,
    worker: options.worker,
    directory: run.config.directory,
    env: options.env,
    recorder: recorder as never,
    faults,
    clients: options.clients,
    ...port,
    ...(startedNames(options.env).has(boundary.name) && {
      startOwn: () => startOwn(run, request, options),
    }),
  })
  return Object.assign(isolated, own)
}

function startedNames(env: WorkerServersOptions['env']): ReadonlySet<string> {
  return new Set(env[startedVariable]?.split(','))
}

async function startOwn(
  { config }: RunContext,
  request: ServiceRequest,
  { env, worker }: WorkerServersOptions,
): Promise<OwnServer> {
  const own = { ...request, name: `${request.name} of ${worker}` }
  const services = await openServices([own], {
    project: config.directory,
    env: { ...env, [request.variable]: undefined },
  })
  return { url: services.services[0]!.url, close: () => services.close() }
}

/** Answers from recordings, with no server behind. */
async function replay(
  run: RunContext,
  boundary: AttachedBoundary,
  request: ServiceRequest,
  { env, port, session, door, clients }: OpenOptions,
): Promise<Isolated> {
  const { input } = boundary
  const protocol = boundary.protocol as Protocol<AnyQuestion, unknown>
  const stop = new AbortController()
  const former = env[request.variable]
  const plain = former ?? drivers[request.protocol].url(request, '127.0.0.1', 1)
  const origin = boundary.origins[0] ?? `${input.protocol}://${boundary.name}`
  const listener = await openListener({
    purpose: `the boundary ${boundary.name}`,
    ...(port !== undefined && { port }),
    async onConnection(client) {
      const greeted = await greetClient(client, boundary.wire?.clientFirst, clients, stop.signal)
      if (!greeted) return
      await protocol.serve(greeted, (question, signal) => session().peer(boundary, origin, door)(question, signal), {
        origin,
        signal: stop.signal,
        ...midStream(clients),
      })
    },
  })
  const url = movedUrl(plain, listener)
  return {
    url,
    direct: url,
    shared: true,
    next: async () => [],
    close() {
      stop.abort()
      return listener.close()
    },
  }
}
