import type { Duplex } from 'node:stream'
import type { WireLink, WireProtocol } from '../../core/wire.ts'
import { strikeConnecting } from './connect-fault.ts'
import { errorResponse, untypedMessage } from './encode.ts'
import { fingerprintOf } from './fingerprint.ts'
import { greet, type Greeting, requestTls } from './greet.ts'
import type { PostgresQuestion, PostgresReply } from './message.ts'
import { postgresNotation } from './notation.ts'
import { operationOf, outcomeOf, summaryOf } from './outcome.ts'
import { redactPostgres } from './redact.ts'
import { Relay } from './relay.ts'
import { PostgresSession } from './session.ts'
import { untyped } from './types.ts'

type Link = WireLink<PostgresQuestion, PostgresReply>

/** PostgreSQL's protocol 3, carried untouched and decoded beside the stream. */
export function postgresWire(): WireProtocol<PostgresQuestion, PostgresReply> {
  return {
    name: 'postgres',
    notation: postgresNotation,
    relay,
    identify: ({ kind, database, sql, parameters }) => ({
      origin: database,
      method: kind,
      path: kind === 'statement' || kind === 'prepare' ? fingerprintOf(sql).fingerprint : '',
      rest: JSON.stringify([sql, parameters]),
    }),
    facets: ({ database, sql, parameters }) => [
      { path: 'database', value: database },
      { path: 'sql', value: sql },
      ...parameters.map((value, i) => ({ path: `parameters[${i}]`, value: value ?? 'NULL' })),
    ],
    describe: operationOf,
    summarize: summaryOf,
    outcome: outcomeOf,
    redact: redactPostgres,
  }
}

async function relay(client: Duplex, link: Link): Promise<void> {
  const stop = (): void => void client.destroy()
  client.on('error', () => {})
  link.signal.addEventListener('abort', stop)
  try {
    const greeting = await greet(client, link.acceptTls)
    if (greeting.kind === 'startup') await carry(greeting, link)
    else if (greeting.kind === 'cancel') await cancel(greeting, link)
    else client.resume()
  } catch {
    client.destroy()
  } finally {
    link.signal.removeEventListener('abort', stop)
  }
}

async function carry(greeting: Greeting & { kind: 'startup' }, link: Link): Promise<void> {
  const { client, bytes, parameters } = greeting
  const { recorder, faults, signal } = link
  if (!(await strikeConnecting(client, faults, signal))) return
  const session = new PostgresSession({ parameters, ...(recorder && { recorder }) })
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
