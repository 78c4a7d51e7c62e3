import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import { keepRows, type KeptRows, speakPlainly } from './kept-rows.ts'
import { openSession, type PostgresAddress } from './postgres-address.ts'
import { PutBack } from './put-back.ts'
import type { WrittenTables } from './written-tables.ts'

/** Puts the clone in which the tests run back, where that can be done. */
export interface InPlace {
  /** Resolves when it is known how the first clone was; until then nobody may write to it. */
  readonly ready: Promise<void>
  /** Whether sessions can be made as new, as far as is known. */
  readonly renewsSessions: boolean
  /** Puts it back. @returns whether everything is as in a fresh clone */
  restore(processes: readonly number[], written: WrittenTables): Promise<boolean>
  /** From here on the tests run in another clone. @throws MortarError `MORTAR_POSTGRES_FAILED` when it is not there */
  moved(database: string): Promise<void>
  close(): Promise<void>
}

/** Begins to take down how a fresh clone is. What cannot be put back is cloned, so nothing here fails. */
export function openInPlace(server: PostgresAddress, database: string): InPlace {
  const stopped = new AbortController()
  const open = (name: string): Promise<OwnSession> =>
    openSession({ ...server, database: name }, stopped.signal, [['application_name', 'mortar']])

  const begin = async (): Promise<{ readonly kept: KeptRows; readonly putBack: PutBack } | undefined> => {
    const session = await open(database)
    const kept = await keepRows(session).catch(() => undefined)
    if (!kept) {
      session.close()
      return undefined
    }
    renewsSessions = !kept.settingFunctions
    return { kept, putBack: new PutBack(session, kept) }
  }
  let renewsSessions = false
  const begun = begin().catch(() => undefined)
  let current = begun.then((first) => first?.putBack)

  const inDatabase = async (name: string, before: PutBack | undefined): Promise<PutBack | undefined> => {
    before?.close()
    const first = await begun
    if (!first || stopped.signal.aborted) return undefined
    const session = await open(name)
    const spoken = await speakPlainly(session).then(
      () => true,
      () => false,
    )
    if (spoken) return new PutBack(session, first.kept)
    session.close()
    return undefined
  }

  return {
    ready: begun.then(() => {}),
    get renewsSessions() {
      return renewsSessions
    },
    async restore(processes, written) {
      if (written.schema) return false
      const putBack = await current
      return (await putBack?.restore(processes, written)) ?? false
    },
    moved(name) {
      const next = current.then((before) => inDatabase(name, before))
      current = next.catch(() => undefined)
      return next.then(() => {})
    },
    async close() {
      stopped.abort()
      ;(await current)?.close()
    },
  }
}
