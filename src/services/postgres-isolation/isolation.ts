import { openClonePool, type ClonePoolOptions } from './clone-pool.ts'
import { type LeftBehind, openSwap, type SwapOptions } from './swap.ts'

/** What isolation works with. */
export interface IsolationOptions extends Omit<SwapOptions, 'database'>, ClonePoolOptions {}

/** A connection that a test did not finish with. */
export interface LeftBehindByTest extends LeftBehind {
  readonly test: string
}

/** What the next test was given. */
export interface PrivateDatabase {
  readonly database: string
  /** The one before saw no write, so it was given on. */
  readonly untouched: boolean
  readonly leftBehind: readonly LeftBehindByTest[]
}

/** A private database for each test behind one address. One per worker. */
export interface Isolation {
  readonly host: string
  readonly port: number
  /** The database of the test that runs now. */
  readonly database: string
  /**
   * Ends the test that ran, and moves every connection to the database of the next one.
   *
   * @param ended - Name of the test that ran, for what it left behind.
   * @throws MortarError `MORTAR_POSTGRES_FAILED`
   */
  next(ended: string): Promise<PrivateDatabase>
  /**
   * Resolves when the next database is there with a session for each connection that has outlived a test; without
   * waiting, `next` does.
   */
  prepared(): Promise<void>
  close(): Promise<void>
}

/** Opens an address with a fresh clone behind it. @throws MortarError `MORTAR_POSTGRES_FAILED`, `MORTAR_PORT_IN_USE` */
export async function openIsolation(options: IsolationOptions): Promise<Isolation> {
  const pool = await openClonePool(options)
  const swap = await pool
    .take()
    .then((database) => openSwap({ ...options, database }))
    .catch(async (error: unknown) => {
      await pool.close()
      throw error
    })
  let upcoming: { readonly name: Promise<string>; readonly prepared: Promise<void> } | undefined

  const prepareNext = (): NonNullable<typeof upcoming> => {
    const name = pool.take()
    // What cannot be prepared is tried again by the move, and told then.
    const prepared = name.then((clone) => swap.prepare(clone)).catch(() => {})
    return { name, prepared }
  }

  return {
    host: swap.host,
    port: swap.port,
    get database() {
      return swap.database
    },
    async next(ended) {
      const untouched = !swap.written
      const before = swap.database
      let leftBehind: readonly LeftBehind[]
      if (untouched) ({ leftBehind } = await swap.moveTo(before))
      else {
        const { name, prepared } = upcoming ?? prepareNext()
        upcoming = undefined
        const clone = await name
        await prepared
        ;({ leftBehind } = await swap.moveTo(clone))
        pool.drop(before)
        upcoming = prepareNext()
      }
      return { database: swap.database, untouched, leftBehind: leftBehind.map((each) => ({ ...each, test: ended })) }
    },
    async prepared() {
      upcoming ??= prepareNext()
      await swap.prepare(await upcoming.name)
      await upcoming.prepared
    },
    async close() {
      await swap.close()
      await pool.close()
    },
  }
}
