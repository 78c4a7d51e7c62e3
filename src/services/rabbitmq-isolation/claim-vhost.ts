import { createHash } from 'node:crypto'
import { MortarError } from '../../core/errors.ts'
import { pooledVhost, vhostPoolSize } from '../vhost-pool.ts'
import { RabbitClient, type RabbitPlace, RabbitRefusal } from './rabbit-client.ts'

/** Exclusive to the connection of whoever has the virtual host, so that a broker lets go of it however that ends. */
const claimQueue = 'mortar.claim'
const notAllowed = 530
const locked = 405

/** A virtual host that is ours until the connection is closed. */
export interface VhostClaim {
  readonly vhost: string
  readonly client: RabbitClient
}

/**
 * Takes a virtual host of the pool that nobody else has, at any broker that has a pool.
 *
 * @returns `undefined` where there is none.
 * @throws MortarError `MORTAR_SERVICE_FAILED` when all are taken
 */
export async function claimVhost(server: Omit<RabbitPlace, 'vhost'>, worker: string): Promise<VhostClaim | undefined> {
  // Workers that start together begin at different places.
  const first = createHash('sha256').update(worker).digest().readUInt16BE() % vhostPoolSize
  for (let i = 0; i < vhostPoolSize; i++) {
    const vhost = pooledVhost(((first + i) % vhostPoolSize) + 1)
    const client = await openIfThere({ ...server, vhost })
    // A broker that has one of them has them all.
    if (!client) return undefined
    if (await claims(client)) return { vhost, client }
    await client.close()
  }
  throw new MortarError(
    'MORTAR_SERVICE_FAILED',
    `all ${vhostPoolSize} virtual hosts of RabbitMQ are in use by others`,
    {
      hint: `Run at most ${vhostPoolSize} workers at a time.`,
    },
  )
}

async function openIfThere(place: RabbitPlace): Promise<RabbitClient | undefined> {
  try {
    return await RabbitClient.open(place)
  } catch (error) {
    if (error instanceof RabbitRefusal && error.code === notAllowed) return undefined
    throw error
  }
}

async function claims(client: RabbitClient): Promise<boolean> {
  try {
    await client.call('queue.declare', { queue: claimQueue, exclusive: true })
    return true
  } catch (error) {
    if (error instanceof RabbitRefusal && error.code === locked) return false
    throw error
  }
}
