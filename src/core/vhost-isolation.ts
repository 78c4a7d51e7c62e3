/**
 * - `vhost`: each worker has a virtual host of its own, which is emptied between tests. The default.
 * - `none`: all workers share the one that the address names, and nothing is emptied.
 */
export const vhostIsolations = ['vhost', 'none'] as const
export type VhostIsolation = (typeof vhostIsolations)[number]
