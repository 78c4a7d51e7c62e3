import { openClonePool, type ClonePoolOptions } from './clone-pool.ts'
import { type InPlace, openInPlace } from './in-place.ts'
import { type LeftBehind, openSwap, type Swap, type SwapOptions } from './swap.ts'
import { looksAtSessions } from './statement-reach.ts'
import { WriteSet } from './written-tables.ts'

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
   * Ends the test that ran, and gives the next one a database as the template is: the same one, put back in place, or a
   * fresh clone, to which every connection is moved.
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
  const { server } = options
  const pool = await openClonePool(options)
  const written = new WriteSet()
  let looked = false
  let upcoming: { readonly name: Promise<string>; readonly prepared: Promise<void> } | undefined

  const open = async (): Promise<{ readonly swap: Swap; readonly inPlace: InPlace }> => {
    const database = await pool.take()
    const inPlace = openInPlace(server, database)
    const asked = (sql: string): void => {
      written.add(sql)
      looked ||= looksAtSessions(sql)
      // It is known now already that this cannot be put back.
      if (written.schema) upcoming ??= prepareNext()
      options.asked?.(sql)
    }
    // What may have been changed besides is seen by new sessions only: roles, and settings of theirs.
    const keepsSessions = (): boolean => inPlace.renewsSessions && !looked && !written.schema && !written.doubt
    try {
      const { ready } = inPlace
      return { swap: await openSwap({ ...options, database, asked, ready, keepsSessions }), inPlace }
    } catch (error) {
      await inPlace.close()
      throw error
    }
  }
  const { swap, inPlace } = await open().catch(async (error: unknown) => {
    await pool.close()
    throw error
  })

  const prepareNext = (): NonNullable<typeof upcoming> => {
    const name = pool.take()
    // What cannot be prepared is tried again by the move, and told then.
    const prepared = name.then((clone) => swap.prepare(clone)).catch(() => {})
    return { name, prepared }
  }

  const putBack = async (processes: readonly number[]): Promise<boolean> => {
    const done = await inPlace.restore(processes, written)
    if (done) written.clear()
    return done
  }

  const exchange = async (tried: boolean): Promise<readonly LeftBehind[]> => {
    const before = swap.database
    const { name, prepared } = upcoming ?? prepareNext()
    upcoming = undefined
    const clone = await name
    await prepared
    written.clear()
    const { leftBehind } = await swap.moveTo(clone)
    const followed = inPlace.moved(clone).catch((error: unknown) => {
      // Where nothing could be put back, the server may have died, with all connections that could tell.
      if (tried) throw error
    })
    pool.drop(before)
    // Tests that come one after the other are much alike.
    upcoming ??= prepareNext()
    if (tried) await followed
    return leftBehind
  }

  return {
    host: swap.host,
    port: swap.port,
    get database() {
      return swap.database
    },
    async next(ended) {
      const untouched = !swap.written
      looked = false
      const leftBehind: LeftBehind[] = []
      if (untouched) leftBehind.push(...(await swap.moveTo(swap.database)).leftBehind)
      else {
        const stayed = written.schema ? undefined : await swap.stay(putBack)
        if (stayed) leftBehind.push(...stayed.leftBehind)
        if (!stayed?.done) leftBehind.push(...(await exchange(stayed !== undefined)))
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
      await inPlace.close()
      await pool.close()
    },
  }
}
