import { onTestFinished } from 'vitest'
import { createFaultSet } from '../../../src/modes/faults/fault-set.ts'
import { postgres, type PostgresBoundaryOptions } from '../../../src/protocols/postgres/boundary.ts'
import type { Isolated } from '../../../src/services/isolation.ts'
import { isolatePostgres } from '../../../src/services/postgres-isolation/isolate.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { type Notes, takeNotes } from './support.ts'

const pg = optionalPackage('pg')

/** An isolated address, and what crossed it. */
export interface IsolatedScene extends Isolated {
  readonly notes: Notes
}

/** Opens the address of a worker as a boundary with these options would. */
export async function isolateAt(
  url: string,
  options: PostgresBoundaryOptions,
  directory: string = temporaryFolder(),
): Promise<IsolatedScene> {
  const notes = takeNotes()
  const isolated = await isolatePostgres({
    url,
    input: postgres(options),
    boundary: 'orders',
    worker: 'main',
    directory,
    env: process.env,
    recorder: notes,
    faults: createFaultSet(),
  })
  onTestFinished(() => isolated.close())
  return Object.defineProperty(isolated, 'notes', { value: notes }) as IsolatedScene
}

/** A pool of the application at this address. */
// oxlint-disable-next-line typescript/no-explicit-any -- the package may be absent, and so are its types
export function poolAt(connectionString: string, more: object = {}): any {
  const pool = new pg.Pool({ connectionString, max: 5, ...more })
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  return pool
}
