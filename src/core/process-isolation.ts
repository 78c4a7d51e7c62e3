/**
 * - `process`: each worker has a server process of its own, which forgets between tests. The default.
 * - `none`: all workers share one, and nothing is forgotten.
 */
export const processIsolations = ['process', 'none'] as const
export type ProcessIsolation = (typeof processIsolations)[number]
