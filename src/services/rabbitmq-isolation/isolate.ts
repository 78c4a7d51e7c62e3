import { MortarError } from '../../core/errors.ts'
import type { Recorder } from '../../core/recorder.ts'
import { pause, realElapsed } from '../../core/real-clock.ts'
import type { Listener } from '../../engine/listener.ts'
import { listenForWire } from '../../engine/wire-listener.ts'
import { type AmqpConnection, type AmqpWire, amqpWire } from '../../protocols/amqp/amqp-wire.ts'
import type { RabbitmqBoundaryOptions } from '../../protocols/amqp/boundary.ts'
import type { AmqpQuestion, AmqpReply } from '../../protocols/amqp/message.ts'
import { movedUrl, serverOf } from '../carry-only.ts'
import type { Isolate, Isolated, IsolateOptions, LeftOver } from '../isolation.ts'
import { claimVhost } from './claim-vhost.ts'
import { Emptier } from './emptier.ts'
import { RabbitClient, type RabbitPlace } from './rabbit-client.ts'
import { serverTls } from '../server-tls.ts'
import { Topology } from './topology.ts'

type RabbitmqIsolateOptions = IsolateOptions<RabbitmqBoundaryOptions, AmqpQuestion, AmqpReply>

/** A virtual host that only this worker uses. */
interface OwnVhost {
  readonly place: RabbitPlace
  /** Connected to it. */
  readonly client: RabbitClient
  close(): Promise<void>
}

const defaultPort = 5672
const defaultGraceMs = 200
// A connection that said goodbye is over at once, unless its client is stuck.
const goodbyeMs = 1000

/**
 * A virtual host for each worker, which is emptied between tests. Where the broker has no pool of them, the worker
 * gets a broker of its own; where the address was given, it is left as it is.
 *
 * @throws MortarError `MORTAR_SERVICE_FAILED`, `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export const isolateRabbitmq: Isolate<RabbitmqBoundaryOptions, AmqpQuestion, AmqpReply> = async (options) => {
  if (options.input.isolation === 'none') return openShared(options)
  const own = await asOurs(() => ownVhost(options))
  if (!own) return openShared(options)
  try {
    return await openIsolated(options, own)
  } catch (error) {
    await own.close()
    throw error
  }
}

/** An address that leads to the broker as it is. */
async function openShared(options: RabbitmqIsolateOptions): Promise<Isolated> {
  const { url } = options
  const listener = await listen(options, placeOf(url), amqpWire(), options.recorder)
  return {
    url: addressAt(url, listener),
    direct: url,
    shared: true,
    next: async () => [],
    close: () => listener.close(),
  }
}

function listen(
  { boundary, port, faults, clients }: RabbitmqIsolateOptions,
  { host, port: at, tls }: RabbitPlace,
  wire: AmqpWire,
  recorder: Recorder<AmqpQuestion, AmqpReply>,
): Promise<Listener> {
  return listenForWire({
    wire,
    target: { host, port: at },
    purpose: `the boundary ${boundary}`,
    recorder,
    faults,
    ...clients,
    ...(tls && { tls }),
    ...(port !== undefined && { port }),
  })
}

/** The address that the program is given: without TLS, which ends here. */
function addressAt(url: string, listener: Listener): string {
  return movedUrl(url, listener)
}

async function ownVhost({ url, worker, startOwn }: RabbitmqIsolateOptions): Promise<OwnVhost | undefined> {
  const place = placeOf(url)
  const claim = await claimVhost(place, worker)
  if (claim) {
    const { client, vhost } = claim
    return { client, place: { ...place, vhost }, close: () => client.close() }
  }
  const server = await startOwn?.()
  if (!server) return undefined
  const own = placeOf(server.url)
  const client = await RabbitClient.open(own)
  return {
    client,
    place: own,
    async close() {
      await client.close()
      await server.close()
    },
  }
}

async function openIsolated(options: RabbitmqIsolateOptions, own: OwnVhost): Promise<Isolated> {
  const { url, recorder, input } = options
  const { vhost: named } = placeOf(url)
  const { place, client } = own
  const connections = new Set<AmqpConnection>()
  const emptier = new Emptier(client)
  const topology = new Topology((kind, name) => emptier.note(kind, name))
  await asOurs(() => emptier.begin())
  const wire = amqpWire({
    // Other virtual hosts than the one of the address are the application's own affair.
    vhost: (asked) => (asked === named || asked === '' ? place.vhost : asked),
    onConnection(connection) {
      connections.add(connection)
      void connection.over.then(() => connections.delete(connection))
    },
  })
  const listener = await listen(options, place, wire, topology.watching(recorder))

  async function next(): Promise<readonly LeftOver[]> {
    await Promise.all([...connections].filter(({ leaving }) => leaving).map(overSoon))
    const left = await unfinished(connections, input.graceMs ?? defaultGraceMs)
    // What is on its way arrives first, and what is taken back must find its queue empty: it would bring the next one.
    await settle(connections, false)
    await emptier.empty(topology, sessionsOf(connections))
    await settle(connections, true)
    return left.map((summary) => ({ summary }))
  }

  return {
    url: addressAt(url, listener),
    direct: urlOf(place),
    forgets: () => topology.changesWith(sessionsOf([...connections].filter(({ leaving }) => !leaving))),
    next: () => asOurs(next),
    mayPush: () => connections.values().some(({ mayPush }) => mayPush),
    async close() {
      await listener.close()
      await emptier.end(topology).catch(() => {})
      await own.close()
    },
  }
}

function sessionsOf(connections: Iterable<AmqpConnection>): Set<number> {
  return new Set(Iterator.from(connections).map(({ session }) => session))
}

async function settle(connections: ReadonlySet<AmqpConnection>, abandon: boolean): Promise<void> {
  await Promise.all([...connections].map((connection) => connection.settle(abandon)))
}

/** What clients do not finish with in the time that they have. */
async function unfinished(connections: ReadonlySet<AmqpConnection>, graceMs: number): Promise<string[]> {
  const until = realElapsed() + graceMs
  for (;;) {
    const left = [...connections].flatMap((connection) => connection.unfinished)
    if (left.length === 0 || realElapsed() >= until) return left
    await pause(10)
  }
}

async function overSoon({ over }: AmqpConnection): Promise<void> {
  await Promise.race([over, pause(goodbyeMs)])
}

async function asOurs<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (MortarError.is(error)) throw error
    const { message } = error as Error
    throw new MortarError('MORTAR_SERVICE_FAILED', `RabbitMQ cannot be made ready for a test: ${message}`, {
      cause: error,
    })
  }
}

function placeOf(url: string): RabbitPlace {
  const { username, password, pathname } = new URL(url)
  const tls = serverTls(url)
  return {
    ...serverOf(url, defaultPort),
    ...(tls && { tls }),
    user: decodeURIComponent(username) || 'guest',
    password: decodeURIComponent(password) || 'guest',
    vhost: decodeURIComponent(pathname.slice(1)) || '/',
  }
}

function urlOf({ host, port, user, password, vhost, tls }: RabbitPlace): string {
  const [login, secret, path] = [user, password, vhost].map(encodeURIComponent)
  return `${tls ? 'amqps' : 'amqp'}://${login}:${secret}@${host}:${port}/${path}`
}
