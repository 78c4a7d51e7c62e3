import { expect, it } from 'vitest'
import { serverTls, withoutTls } from './server-tls.ts'

it.each([
  ['postgres://db/a', undefined],
  ['postgres://db/a?sslmode=prefer', undefined],
  ['postgres://db/a?sslmode=require', { rejectUnauthorized: false }],
  ['postgres://db/a?sslmode=verify-ca', { trustSystem: true, anyName: true }],
  ['postgresql://db/a?sslmode=verify-full', { trustSystem: true }],
  ['postgres://db/a?ssl=true', { trustSystem: true }],
  ['mysql://db/a', undefined],
  ['mysql://db/a?ssl=false', undefined],
  ['mysql://db/a?ssl-mode=PREFERRED', undefined],
  ['mysql://db/a?ssl-mode=REQUIRED', { trustSystem: true, rejectUnauthorized: false }],
  ['mysql://db/a?sslMode=verify_identity', { trustSystem: true }],
  ['mariadb://db/a?ssl={"rejectUnauthorized":false}', { trustSystem: true, rejectUnauthorized: false, anyName: true }],
  ['mysql://db/a?ssl={"ca":"PEM","verifyIdentity":true}', { trustSystem: true, ca: ['PEM'] }],
  ['mysql://db/a?sslaccept=strict', { trustSystem: true }],
  ['redis://db/1', undefined],
  ['rediss://db/1', { trustSystem: true }],
  ['rediss://db/1?ssl_cert_reqs=none', { trustSystem: true, rejectUnauthorized: false }],
  ['amqps://db?verify=verify_none', { trustSystem: true, rejectUnauthorized: false }],
  ['tls://db', { trustSystem: true }],
  ['mqtts://db', { trustSystem: true }],
])('an address says how TLS is spoken to the server: %s', (url, said) => {
  expect(serverTls(url)).toEqual(said && { servername: 'db', alpn: [], ...said })
})

it.each([
  [
    'postgres://me:p%40ss@db/a?sslmode=require&application_name=x',
    'postgres://me:p%40ss@db/a?application_name=x&sslmode=disable',
  ],
  ['postgres://db/a?application_name=x', 'postgres://db/a?application_name=x'],
  ['mysql://db/a?ssl={"ca":"x=y"}&charset=utf8', 'mysql://db/a?charset=utf8'],
  ['mysql://db/a?ssl-mode=REQUIRED', 'mysql://db/a'],
  ['rediss://:secret@db:6380/2', 'redis://:secret@db:6380/2'],
  ['amqps://db/%2f?cacertfile=ca.pem&heartbeat=5', 'amqp://db/%2f?heartbeat=5'],
  ['tls://db:4222', 'nats://db:4222'],
  ['mqtts://db', 'mqtt://db'],
  ['nats://a:b@db', 'nats://a:b@db'],
])('a client of ours is told nothing of it: %s', (url, plain) => {
  expect(withoutTls(url)).toBe(plain)
  expect(serverTls(plain)).toBeUndefined()
})

it('a file that cannot be read is an error that names it', () => {
  expect(() => serverTls('postgres://db/a?sslmode=verify-full&sslrootcert=nowhere.pem')).toThrow(
    expect.objectContaining({ code: 'MORTAR_CONFIG_INVALID', seen: 'nowhere.pem: ENOENT' }),
  )
  expect(() => serverTls('mysql://db/a?ssl={')).toThrow(expect.objectContaining({ code: 'MORTAR_CONFIG_INVALID' }))
})
