/** How many virtual hosts a RabbitMQ of ours has for the workers that use it; an empty one costs next to nothing. */
export const vhostPoolSize = 32

/** Name of a virtual host of the pool, counted from 1. */
export function pooledVhost(number: number): string {
  return `mortar-${number}`
}
