import type { Duplex } from 'node:stream'
import { pause, realAbortAfter } from '../../core/real-clock.ts'
import type { WireLink } from '../../core/wire.ts'
import type { MysqlQuestion, MysqlReply } from '../../protocols/mysql/message.ts'
import { type LiveConnection, relayMysql } from '../../protocols/mysql/relay.ts'
import type { OwnSession } from '../../protocols/mysql/own-session.ts'
import type { LeftOver } from '../isolation.ts'
import { type SchemaNames, toRealSchema } from './schema-names.ts'

const rollbackMs = 10_000
const lookEveryMs = 5

/** The connections of the application at one address. */
export class Connections {
  readonly #names: SchemaNames
  readonly #asked: (sql: string | undefined) => void
  readonly #live = new Set<LiveConnection>()
  /** New clients wait here while a test is being ended. */
  #between: Promise<unknown> = Promise.resolve()

  constructor(names: SchemaNames, asked: (sql: string | undefined) => void) {
    this.#names = names
    this.#asked = asked
  }

  /** Carries one connection until it ends. */
  async carry(client: Duplex, link: WireLink<MysqlQuestion, MysqlReply>): Promise<void> {
    await this.#between
    let own: LiveConnection | undefined
    await relayMysql(client, link, {
      asked: this.#asked,
      rewrite: (body, session) => toRealSchema(body, session, this.#names),
      opened: (connection) => {
        own = connection
        this.#live.add(connection)
      },
    })
    if (own) this.#live.delete(own)
  }

  /**
   * Holds all clients while `work` is done. Who has not finished within `graceMs` is ended before, which rolls back
   * what it had begun.
   */
  async pause(admin: OwnSession, graceMs: number, work: () => Promise<void>): Promise<readonly LeftOver[]> {
    const between = Promise.withResolvers<void>()
    this.#between = between.promise
    const all = [...this.#live]
    try {
      const grace = realAbortAfter(graceMs)
      const found = await Promise.all(all.map((connection) => finish(connection, grace)))
      await this.#end(
        admin,
        all.filter((_, i) => found[i] !== undefined),
      )
      await work()
      return found.flatMap((left) => left ?? [])
    } finally {
      for (const connection of all) connection.release()
      between.resolve()
    }
  }

  /** Ends every connection there is. */
  endAll(admin: OwnSession): Promise<void> {
    return this.#end(admin, [...this.#live])
  }

  async #end(admin: OwnSession, connections: readonly LiveConnection[]): Promise<void> {
    const threads = connections.flatMap(({ session }) => session.thread ?? [])
    if (threads.length === 0) return
    // Some may have gone by themselves meanwhile.
    for (const thread of threads) await admin.query(`KILL ${thread}`).catch(() => {})
    const look = `SELECT id FROM information_schema.processlist WHERE id IN (${threads.join()})`
    for (let waited = 0; waited < rollbackMs && (await admin.query(look)).length > 0; waited += lookEveryMs)
      await pause(lookEveryMs, never)
  }
}

const never = new AbortController().signal

async function finish(connection: LiveConnection, grace: AbortSignal): Promise<LeftOver | undefined> {
  const { session } = connection
  // One that is only logging in has begun nothing.
  if (session.open) await session.untilIdle(grace)
  connection.hold()
  if (!session.open || session.idle || session.ended) return undefined
  const state = session.answered && session.transaction ? 'in a transaction' : 'in a statement'
  const statement = session.lastStatement.trim().replaceAll(/\s+/g, ' ').slice(0, 200)
  return { summary: `a connection ${state}: ${statement}` }
}
