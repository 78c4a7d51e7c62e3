import { isBad } from '../../../matrix/verdict.ts'
import type { MatrixDocument } from '../document.ts'
import { drawnFault } from './drawn-fault.ts'
import type { PageIndex } from './page-index.ts'

/** Exchanges with faults drawn into them, by the id of the strike. */
export type Drawings = ReadonlyMap<string, string>

/** Draws each fault into the exchange that it struck; while a matrix runs, only what is bad. */
export async function drawFaults({ exchanges, state }: MatrixDocument, { operations }: PageIndex): Promise<Drawings> {
  const drawings = new Map<string, string>()
  for (const { id, verdict, cells } of operations.flatMap(({ strikes }) => strikes)) {
    const exchange = exchanges[cells[0].exchange ?? '']
    if (exchange && (state !== 'running' || isBad(verdict))) drawings.set(id, await drawnFault(cells[0], exchange))
  }
  return drawings
}
