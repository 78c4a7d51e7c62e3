import { MortarError } from '../../../core/errors.ts'
import { type OwnSession, PostgresFailed } from '../../../protocols/postgres/own-session.ts'
import type { VolumeOfTable } from '../../../protocols/postgres/test-database.ts'
import { moveSequences } from '../insert-rows.ts'
import { type Fill, fillStatement, refused } from './fill-statement.ts'
import { readTableShape, type TableShape } from './table-shape.ts'

/** How many rows which tables get. */
export type Volume = Readonly<Record<string, VolumeOfTable>>

/**
 * Fills tables with rows that are made up: the same ones every time. What they refer to comes first.
 *
 * @throws MortarError `MORTAR_VOLUME_REFUSED` naming the column that cannot be filled
 */
export async function fillVolume(session: OwnSession, volume: Volume, signal?: AbortSignal): Promise<void> {
  const wanted = new Map<string, { readonly table: TableShape; readonly of: VolumeOfTable }>()
  for (const [name, of] of Object.entries(volume)) {
    const table = await shapeOf(session, name)
    wanted.set(table.name, { table, of })
  }
  for (const { table, of } of parentsFirst(wanted)) {
    const { rows, columns = {} } = typeof of === 'number' ? { rows: of } : of
    const counts = new Map<string, number>()
    for (const name of new Set([table.name, ...table.foreignKeys.map(({ parent }) => parent)])) {
      const [[count] = []] = await session.query(`SELECT count(*) FROM ${name}`)
      counts.set(name, Number(count))
    }
    const fill: Fill = { table, rows, columns, counts }
    // What an expression of the user's draws by random() is drawn again next time.
    await session.query('SELECT setseed(0.5)')
    const sql = fillStatement(fill)
    signal?.throwIfAborted()
    await session.query(sql).catch((error: unknown) => {
      throw named(fill, error)
    })
    await moveSequences(session, table.name)
  }
}

async function shapeOf(session: OwnSession, name: string): Promise<TableShape> {
  try {
    return await readTableShape(session, name)
  } catch (error) {
    if (!(error instanceof PostgresFailed)) throw error
    throw new MortarError('MORTAR_VOLUME_REFUSED', `${name} cannot be filled: ${error.server.message}`, {
      where: `volume.${name}`,
      hint: 'Correct the name of the table; other schemas are named with a dot: shop.orders.',
      cause: error,
    })
  }
}

type Wanted = ReadonlyMap<string, { readonly table: TableShape; readonly of: VolumeOfTable }>

function parentsFirst(wanted: Wanted): { readonly table: TableShape; readonly of: VolumeOfTable }[] {
  const ordered = new Set<string>()
  const visiting = new Set<string>()
  const visit = (name: string): void => {
    if (!wanted.has(name) || ordered.has(name) || visiting.has(name)) return
    visiting.add(name)
    for (const { parent } of wanted.get(name)!.table.foreignKeys) visit(parent)
    ordered.add(name)
  }
  for (const name of wanted.keys()) visit(name)
  return Array.from(ordered, (name) => wanted.get(name)!)
}

/** What the server says no to, by the column that it is about. */
function named({ table, columns }: Fill, error: unknown): unknown {
  if (!(error instanceof PostgresFailed)) return error
  const { message, column, constraint, detail } = error.server
  const about = column ?? table.constraints[constraint ?? '']?.join(', ') ?? Object.keys(columns)[0] ?? '*'
  return refused(table.name, about, `${message}${detail ? `: ${detail}` : ''}`)
}
