import { createHash, randomBytes } from 'node:crypto'
import type { ServiceAccount, ServiceRequest } from '../service-request.ts'
import { pooledVhost, vhostPoolSize } from '../vhost-pool.ts'

/** Who logs in: RabbitMQ's own guest, unless the request says otherwise. */
export function accountOf({ account }: ServiceRequest): ServiceAccount {
  return { ...account, user: account.user ?? 'guest', password: account.password ?? 'guest' }
}

/** The account and the virtual hosts: made at the start, they take no time; later each takes a second of Erlang. */
export function definitionsOf(request: ServiceRequest): object {
  const { user = '', password = '', database = '/' } = accountOf(request)
  const vhosts = [database, ...Array.from({ length: vhostPoolSize }, (_, i) => pooledVhost(i + 1))]
  const salt = randomBytes(4)
  const digest = createHash('sha256')
    .update(Buffer.concat([salt, Buffer.from(password)]))
    .digest()
  const account = {
    name: user,
    password_hash: Buffer.concat([salt, digest]).toString('base64'),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
    tags: 'administrator',
  }
  const everything = { configure: '.*', write: '.*', read: '.*' }
  return {
    users: [account],
    vhosts: vhosts.map((name) => ({ name })),
    permissions: vhosts.map((vhost) => ({ user, vhost, ...everything })),
  }
}
