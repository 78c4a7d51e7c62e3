import type { Duplex } from 'node:stream'
import { asAsker } from './asker.ts'
import { duplexLane, resetConnection } from './duplex-lane.ts'
import type { Sender } from './exchange.ts'
import type { Follower } from './follower.ts'
import type { Lane } from './lane.ts'
import type { Question } from './protocol.ts'
import type { WireLink } from './wire.ts'

/** Holds messages of one direction back, while a fault is armed. */
export interface Gate {
  /** Whether bytes must go through here. */
  readonly active: boolean
  push(chunk: Buffer): Promise<void>
  /** Lets go of what it holds, as nothing more will come. */
  finish(): Promise<void>
}

/** What may be done with a connection that is being carried. */
export interface Carriage {
  readonly toClient: Lane
  readonly toServer: Lane
  /** Resets both sides. */
  reset(): void
}

/** The gates of a connection, by who sends. */
export type Gates = Readonly<Partial<Record<Sender, Gate>>>

/**
 * Carries one connection until both sides have ended: chunks are passed on whole, and shown to `follower` beside.
 * Does not reject.
 *
 * @param makeGates - Called when there are faults to look for.
 */
export async function carry<Q extends Question<R>, R>(
  client: Duplex,
  link: WireLink<Q, R>,
  follower: Follower,
  makeGates: (carriage: Carriage) => Gates,
): Promise<void> {
  client.pause()
  client.on('error', () => {})
  let server: Duplex
  try {
    server = await link.connect()
  } catch (error) {
    follower.end('unreachable', (error as Error).message)
    return resetConnection(client)
  }
  server.on('error', () => {})
  const gone = new AbortController()
  let closedBy: Sender | undefined
  const reset = (): void => {
    resetConnection(client)
    resetConnection(server)
  }
  const stop = (): void => {
    // Whoever is stopped by us has not been reset by its server.
    closedBy ??= 'client'
    client.destroy()
    server.destroy()
  }
  const lane = (from: Sender, to: Duplex): Lane => {
    const end = duplexLane(to, gone.signal, reset)
    return link.faults?.disturb(from, end) ?? end
  }
  const carriage: Carriage = { toClient: lane('service', client), toServer: lane('client', server), reset }
  client.once('end', () => (closedBy ??= 'client')).once('close', () => (closedBy ??= 'client'))
  server.once('end', () => (closedBy ??= 'service')).once('close', () => (closedBy ??= 'service'))
  const gates = link.faults ? makeGates(carriage) : {}
  link.signal.addEventListener('abort', stop)
  const closed = Promise.all([
    forward('client', client, server, carriage.toServer, follower, gates.client),
    forward('service', server, client, carriage.toClient, follower, gates.service),
  ])
  if (link.signal.aborted) stop()
  void Promise.race([closedOf(client), closedOf(server)]).then(() => gone.abort())
  await closed
  link.signal.removeEventListener('abort', stop)
  if (closedBy === 'service') follower.end('reset', 'the server closed the connection')
  else follower.end()
}

function forward(
  sender: Sender,
  from: Duplex,
  to: Duplex,
  lane: Lane,
  follower: Follower,
  gate: Gate | undefined,
): Promise<void> {
  let wait: Promise<void> | undefined
  const take = (chunk: Buffer): Promise<void> | undefined => {
    if (gate?.active) return gate.push(chunk)
    follower.take(sender, chunk)
    return lane.write(chunk)
  }
  from.on('data', (chunk: Buffer) => {
    wait = asAsker(from, () => take(chunk))
    if (wait) {
      from.pause()
      const resume = (): void => void from.resume()
      wait.then(resume, resume)
    }
  })
  from.on('end', () => {
    const rest = gate ? Promise.all([wait, gate.finish()]) : wait
    const end = (): void => lane.end()
    if (rest) rest.then(end, end)
    else end()
  })
  // What has come before belongs to nobody here.
  asAsker(from, () => {})
  const closed = closedOf(from).then(() => {
    if (!from.readableEnded) resetConnection(to)
  })
  from.resume()
  return closed
}

function closedOf(connection: Duplex): Promise<void> {
  return connection.closed
    ? Promise.resolve()
    : new Promise((resolve) => void connection.once('close', () => resolve()))
}
