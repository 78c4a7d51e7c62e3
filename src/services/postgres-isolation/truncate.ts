import { openClonePool, type ClonePoolOptions } from './clone-pool.ts'
import { openSession, postgresFailed } from './postgres-address.ts'
import { type SeedState, takeSeedState } from './seed-state.ts'
import { type LeftBehind, openSwap, type SwapOptions } from './swap.ts'
import { WriteSet } from './written-tables.ts'

/** What is needed to put tables back. */
export interface TruncateOptions extends Omit<SwapOptions, 'database' | 'asked'>, Omit<ClonePoolOptions, 'warm'> {}

/** What the next test was given. */
export interface PutBack {
  /** The tables that were written, and those that refer to them. */
  readonly tables: readonly string[]
  readonly leftBehind: readonly LeftBehind[]
}

/** One database for all tests of a worker, in which what a test wrote is put back. */
export interface Truncate {
  readonly host: string
  readonly port: number
  readonly database: string
  /** Ends the test that ran. @throws MortarError `MORTAR_POSTGRES_FAILED` */
  next(): Promise<PutBack>
  close(): Promise<void>
}

interface Keeper {
  readonly state: SeedState
  close(): void
}

/** Opens an address with a clone behind it. @throws MortarError `MORTAR_POSTGRES_FAILED`, `MORTAR_PORT_IN_USE` */
export async function openTruncate(options: TruncateOptions): Promise<Truncate> {
  const { server } = options
  const written = new WriteSet()
  const pool = await openClonePool({ ...options, warm: 0 })

  const keep = async (database: string): Promise<Keeper> => {
    const session = await openSession({ ...server, database }, new AbortController().signal)
    try {
      return { state: await takeSeedState(session), close: () => session.close() }
    } catch (error) {
      session.close()
      throw postgresFailed('cannot take down how the database is', server, error)
    }
  }

  const open = async (): Promise<{ swap: Awaited<ReturnType<typeof openSwap>>; keeper: Keeper }> => {
    const database = await pool.take()
    const keeper = await keep(database)
    try {
      return { keeper, swap: await openSwap({ ...options, database, asked: (sql) => written.add(sql) }) }
    } catch (error) {
      keeper.close()
      throw error
    }
  }
  const opened = await open().catch(async (error: unknown) => {
    await pool.close()
    throw error
  })
  const { swap } = opened
  let { keeper } = opened

  /** A schema cannot be put back table by table. */
  const replace = async (): Promise<readonly LeftBehind[]> => {
    const before = swap.database
    const database = await pool.take()
    keeper.close()
    keeper = await keep(database)
    const { leftBehind } = await swap.moveTo(database)
    pool.drop(before)
    return leftBehind
  }

  return {
    host: swap.host,
    port: swap.port,
    get database() {
      return swap.database
    },
    async next() {
      if (written.schema) {
        const leftBehind = await replace()
        written.clear()
        return { tables: [], leftBehind }
      }
      const { leftBehind } = await swap.moveTo(swap.database)
      if (written.empty) return { tables: [], leftBehind }
      try {
        const tables = await keeper.state.restore(written)
        written.clear()
        return { tables, leftBehind }
      } catch (error) {
        throw postgresFailed('cannot put back what a test has written', server, error)
      }
    },
    async close() {
      await swap.close()
      keeper.close()
      await pool.close()
    },
  }
}
