import { openClonePool } from '../clone-pool.ts'
import type { PostgresIsolateOptions } from '../isolate.ts'
import { ensureLargeTemplate } from '../large-template.ts'
import { migrationsOf } from '../migrations-of.ts'
import { postgresAddress } from '../postgres-address.ts'
import { ensureTemplate } from '../template.ts'
import { comparePlans, type PlanBudget, type PlanComparison, type RecordedStatement } from './compare-plans.ts'

/** A boundary, and what was asked of it. */
export interface PlansOfBoundaryOptions extends Pick<PostgresIsolateOptions, 'url' | 'input' | 'directory' | 'env'> {
  readonly statements: readonly RecordedStatement[]
  readonly budget?: PlanBudget
  /** Called before the large database is made, if it has to be. */
  readonly onMaking?: () => void
  /** Stops the making of it; what was begun is dropped. */
  readonly signal?: AbortSignal
}

/**
 * Says which statements will be slow where there are as many rows as `volume` of the boundary says. Makes the large
 * database if there is none yet, which takes seconds; nothing of it is left connected.
 *
 * @returns `undefined` when the boundary names no volume
 * @throws MortarError `MORTAR_VOLUME_REFUSED`, `MORTAR_MIGRATION_FAILED`, `MORTAR_POSTGRES_FAILED`
 */
export async function plansOfBoundary(options: PlansOfBoundaryOptions): Promise<PlanComparison | undefined> {
  const { input, statements, budget, onMaking, signal } = options
  const { volume } = input
  if (volume === undefined || Object.keys(volume).length === 0) return undefined
  const server = { ...postgresAddress(options.url), database: 'postgres' }
  const template = await ensureTemplate(server, migrationsOf(options))
  const large = await ensureLargeTemplate(server, template.name, volume, {
    ...(onMaking && { onMaking }),
    ...(signal && { signal }),
  })
  signal?.throwIfAborted()
  const pools = [await openClonePool({ server, template: template.name, warm: 0 })]
  try {
    pools.push(await openClonePool({ server, template: large.name, warm: 0 }))
    const [ofTests = '', ofProduction = ''] = await Promise.all(pools.map((pool) => pool.take()))
    return await comparePlans({
      small: { ...server, database: ofTests },
      large: { ...server, database: ofProduction },
      statements,
      ...(budget && { budget }),
    })
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
  }
}
