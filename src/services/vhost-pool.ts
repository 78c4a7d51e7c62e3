import { cpus } from 'node:os'

/** Besides those of runners that have a worker or two for each core. */
const spare = 6

/**
 * How many virtual hosts a RabbitMQ of ours has for the workers that use it. Each takes a broker some 15 ms of its
 * start, so there are no more than this machine has use for.
 */
export const vhostPoolSize: number = Math.min(32, 3 * cpus().length + spare)

/** Name of a virtual host of the pool, counted from 1. */
export function pooledVhost(number: number): string {
  return `mortar-${number}`
}
