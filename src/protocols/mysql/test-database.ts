/** The ways to keep tests apart, by name. */
export const mysqlIsolations = ['schema', 'none'] as const

/**
 * - `schema`: each worker has a schema of its own; what a test has written is put back before the next one.
 * - `none`: the server's own schema, and nothing is undone.
 */
export type MysqlIsolation = (typeof mysqlIsolations)[number]
