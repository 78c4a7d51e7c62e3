import { AskedClock } from '../../core/asked-clock.ts'
import type { Duplex } from 'node:stream'
import { dropPlaceholderIds } from '../../core/redaction/placeholder-kinds.ts'
import type { ServedWire, WireLink } from '../../core/wire.ts'
import { strikeConnecting } from './connect-fault.ts'
import { errorResponse, untypedMessage } from './encode.ts'
import { fingerprintOf } from './fingerprint.ts'
import { greet, type Greeting, requestTls } from './greet.ts'
import type { PostgresQuestion, PostgresReply } from './message.ts'
import { postgresNotation } from './notation.ts'
import { operationOf, outcomeOf, summaryOf } from './outcome.ts'
import { redactPostgres } from './redact.ts'
import { refusal } from './refusal.ts'
import { Relay } from './relay.ts'
import { sameReply } from './same-reply.ts'
import { servePostgres } from './serve.ts'
import { ServedMemory } from './served-memory.ts'
import { PostgresSession } from './session.ts'
import { untyped } from './types.ts'

type Link = WireLink<PostgresQuestion, PostgresReply>

/** PostgreSQL's protocol 3, carried untouched and decoded beside the stream. */
export function postgresWire(): ServedWire<PostgresQuestion, PostgresReply> {
  const clock = new AskedClock()
  const memory = new ServedMemory()
  return {
    name: 'postgres',
    notation: postgresNotation,
    relay: (client, link) => relay(client, link, clock),
    serve: (client, peer, place) => servePostgres(client, peer, place, memory),
    refuse: (_question, error) => [
      { type: 'error', error: refusal(error) },
      { type: 'ready', transaction: 'idle' },
    ],
    identify: ({ kind, database, sql, parameters }) => ({
      origin: database,
      method: kind,
      path: kind === 'statement' || kind === 'prepare' ? fingerprintOf(sql).fingerprint : '',
      rest: dropPlaceholderIds(JSON.stringify([sql, parameters])),
    }),
    facets: ({ database, sql, parameters }) => [
      { path: 'database', value: database },
      { path: 'sql', value: sql },
      ...parameters.map((value, i) => ({ path: `parameters[${i}]`, value: value ?? 'NULL' })),
    ],
    describe: operationOf,
    summarize: summaryOf,
    outcome: outcomeOf,
    same: sameReply,
    redact: redactPostgres,
  }
}

async function relay(client: Duplex, link: Link, clock: AskedClock): Promise<void> {
  const stop = (): void => void client.destroy()
  client.on('error', () => {})
  link.signal.addEventListener('abort', stop)
  try {
    const greeting = await greet(client, link)
    if (greeting.kind === 'startup') await carry(greeting, link, clock)
    else if (greeting.kind === 'cancel') await cancel(greeting, link)
    else client.resume()
  } catch {
    client.destroy()
  } finally {
    link.signal.removeEventListener('abort', stop)
  }
}

async function carry(greeting: Greeting & { kind: 'startup' }, link: Link, clock: AskedClock): Promise<void> {
  const { client, bytes, parameters } = greeting
  const { recorder, faults, signal } = link
  if (!(await strikeConnecting(client, faults, signal))) return
  const session = new PostgresSession({ parameters, clock, ...(recorder && { recorder }) })
  let server: Duplex
  try {
    server = await open(link)
  } catch (error) {
    const { message } = error as Error
    session.end('unreachable', message)
    client.end(errorResponse({ S: 'FATAL', V: 'FATAL', C: '08001', M: `the server cannot be reached: ${message}` }))
    return void client.resume()
  }
  server.write(bytes)
  const relay = new Relay({ client, server, session, signal, ...(faults && { faults }) })
  relay.start()
  await relay.closed
}

async function open(link: Link): Promise<Duplex> {
  const server = await link.connect()
  server.on('error', () => {})
  try {
    return link.secure ? await requestTls(server, link.secure) : server
  } catch (error) {
    server.destroy()
    throw error
  }
}

/** The server answers a cancel request by closing, whatever came of it. */
async function cancel({ client, key }: Greeting & { kind: 'cancel' }, link: Link): Promise<void> {
  const question: PostgresQuestion = { kind: 'cancel', session: 0, database: '', user: '', sql: '', parameters: [] }
  const exchange = link.recorder?.open(question)
  const server = await open(link).catch(() => undefined)
  await new Promise<void>((resolve) => {
    if (!server) return resolve()
    server.once('close', resolve).resume()
    client.once('close', () => server.destroy()).resume()
    server.end(untypedMessage(untyped.cancel, key))
  })
  exchange?.close('complete')
  client.end()
}
