/** The ways to keep tests apart, by name. */
export const postgresIsolations = ['swap', 'pin', 'truncate', 'none'] as const

/**
 * - `swap`: each test gets a fresh clone of the template, or finds the one before put back to be as one.
 * - `pin`: all connections share one transaction, which is rolled back.
 * - `truncate`: one clone for all tests; tables that were written are put back.
 * - `none`: the server's own database, and nothing is undone.
 */
export type PostgresIsolation = (typeof postgresIsolations)[number]

/** What `pin` can be told to accept, by name. */
export const toleratedPitfalls = ['now', 'transactions at once'] as const

/**
 * - `now`: two transactions of a test store the same time.
 * - `transactions at once`: they come one after the other, and never meet in a lock.
 */
export type ToleratedPitfall = (typeof toleratedPitfalls)[number]

/** How many rows, and expressions of SQL for columns that cannot be made up; `n` is the number of the row, from 1. */
export type VolumeOfTable = number | { readonly rows: number; readonly columns?: Readonly<Record<string, string>> }
