import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../src/run/load-config.ts'
import { serviceRequests } from '../../../src/run/services-of-config.ts'
import type { ServiceRequest } from '../../../src/services/service-request.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** What the dependencies of a project have to be. */
async function requests(
  boundaries: object,
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceRequest[]> {
  const directory = temporaryFolder()
  writeFileSync(join(directory, 'mortar.config.mjs'), `export default ${JSON.stringify({ boundaries })}`)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  return serviceRequests(await loadConfig({ directory, env }), env)
}

const orders = { orders: { protocol: 'postgres' } }
const compose = `services:
  db:
    image: postgres:\${PG:-14}-alpine
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: "\${SECRET}", POSTGRES_DB: shop_db }
    command: ["postgres", "-c", "max_connections=50", "-cwal_level=logical", "-c", "listen_addresses=*", "-c", "config_file=/x"]
  app: { build: . }
`

describe('a Compose file', () => {
  it('gives version, image, account and settings, its variables filled in', async () => {
    const [request] = await requests(orders, { 'compose.yml': compose, '.env': 'SECRET="s3cret"\n' })
    expect(request).toEqual({
      name: 'orders',
      protocol: 'postgres',
      variable: 'DATABASE_URL',
      version: undefined,
      preferredVersion: '14',
      image: 'postgres:14-alpine',
      settings: { max_connections: '50', wal_level: 'logical' },
      account: { user: 'shop', password: 's3cret', database: 'shop_db' },
    })
  })

  it('is overridden by its override, the environment, and the config', async () => {
    const override = 'services: { db: { image: "postgis/postgis:${PG}-3.4" } }'
    const boundaries = { orders: { protocol: 'postgres', env: 'PG_URL', settings: { max_connections: 9, jit: false } } }
    const files = { 'docker-compose.yml': compose, 'docker-compose.override.yml': override }
    expect((await requests(boundaries, files, { PG: '16' }))[0]).toMatchObject({
      variable: 'PG_URL',
      preferredVersion: '16',
      image: 'postgis/postgis:16-3.4',
      settings: { max_connections: '9', wal_level: 'logical', jit: 'false' },
    })
  })

  it.each([
    [
      'mysql',
      'mysql:8.0',
      { MYSQL_DATABASE: 'a', MYSQL_ROOT_PASSWORD: 'r' },
      '',
      { database: 'a', password: 'r' },
      '8.0',
    ],
    ['mysql', 'mariadb', { MARIADB_USER: 'u', MARIADB_PASSWORD: 'p' }, '', { user: 'u', password: 'p' }, undefined],
    ['redis', 'redis:7.2-alpine@sha256:00', {}, 'redis-server --requirepass "it is"', { password: 'it is' }, '7.2'],
    [
      'amqp',
      'rabbitmq:3-management',
      { RABBITMQ_DEFAULT_USER: 'u', RABBITMQ_DEFAULT_VHOST: 'v' },
      '',
      { user: 'u', database: 'v' },
      '3',
    ],
    ['nats', 'ghcr.io:443/mirror/nats:2.10', {}, '-js --user u --pass p', { user: 'u', password: 'p' }, '2.10'],
    ['mqtt', 'eclipse-mosquitto:latest', {}, '', {}, undefined],
  ])('is understood for %s from %s', async (protocol, image, environment, command, account, version) => {
    const file = JSON.stringify({ services: { x: { image, environment, command } } })
    const [request] = await requests({ it: { protocol } }, { 'compose.yaml': file })
    expect(request).toMatchObject({ account, preferredVersion: version, image })
  })

  it('is asked by the name of the boundary where several servers could be meant', async () => {
    const file = 'services: { a: { image: "redis:6" }, cache: { image: "redis:7" } }'
    const named = (compose?: string): object => ({ protocol: 'redis', env: `${compose ?? 'NO'}_URL`, compose })
    const boundaries = { cache: named(), other: named('a'), third: { protocol: 'redis', env: 'X_URL' } }
    const versions = (await requests(boundaries, { 'compose.yml': file })).map(
      ({ preferredVersion }) => preferredVersion,
    )
    expect(versions).toEqual(['7', '6', undefined])
  })

  it('does not count where the boundary says so, or demands a version', async () => {
    const files = { 'compose.yml': compose }
    const [none] = await requests({ orders: { protocol: 'postgres', compose: false } }, files)
    expect(none).toMatchObject({ image: undefined, preferredVersion: undefined, account: {} })
    const [demanded] = await requests({ orders: { protocol: 'postgres', version: '17' } }, files)
    expect(demanded).toMatchObject({ image: undefined, preferredVersion: undefined, version: '17' })
  })

  it.each([
    ['cannot be read', 'services: [', {}, 'the Compose file cannot be read'],
    ['lacks the service that is named', compose, { compose: 'bd' }, 'names a service that is not there'],
  ])('is an error when it %s', async (_, text, wishes, message) => {
    const asking = requests({ orders: { protocol: 'postgres', ...wishes } }, { 'compose.yml': text })
    await expect(asking).rejects.toMatchObject({
      code: 'MORTAR_COMPOSE_UNREADABLE',
      reason: expect.stringContaining(message),
    })
  })
})

it('two dependencies that no variable tells apart are a conflict', async () => {
  await expect(requests({ a: { protocol: 'postgres' }, b: { protocol: 'mysql' } }, {})).rejects.toMatchObject({
    code: 'MORTAR_BOUNDARY_CONFLICT',
    reason: '`a` and `b` both claim the variable DATABASE_URL',
  })
})
