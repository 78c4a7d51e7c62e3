import { execFile } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTlsAcceptor } from '../../../src/engine/accept-tls.ts'
import { type Certificates, openCertificates } from '../../../src/engine/certificates.ts'
import { openSession, type PostgresAddress } from '../../../src/services/postgres-isolation/postgres-address.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { proxyTo, takeNotes } from './support.ts'

const pg = optionalPackage('pg')

let folder: string
let certificates: Certificates
let server: PostgresServer
beforeAll(async () => {
  if (!postgresBinaries) return
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mortar-test-')))
  certificates = await openCertificates(join(folder, 'ca'))
  const { cert, key } = await certificates.leaf('localhost')
  const hba = [
    'host all postgres 127.0.0.1/32 trust',
    'hostssl all secured 127.0.0.1/32 scram-sha-256',
    'hostnossl all secured 127.0.0.1/32 reject',
    'host all scram 127.0.0.1/32 scram-sha-256',
    'host all md5 127.0.0.1/32 md5',
    'host all plain 127.0.0.1/32 password',
  ]
  server = await startPostgres(['ssl=on', 'ssl_cert_file=own.crt', 'ssl_key_file=own.key', 'hba_file=data/own.conf'], {
    'own.crt': cert,
    'own.key': key,
    'own.conf': `${hba.join('\n')}\n`,
  })
  server.sql(`create role secured login password 'geheim'; create role scram login password 'geheim';
    create role plain login password 'geheim'; set password_encryption = md5; create role md5 login password 'geheim'`)
})
afterAll(async () => {
  await server?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const addressOf = (user: string, more: Partial<PostgresAddress> = {}): PostgresAddress => ({
  host: '127.0.0.1',
  port: server.port,
  user,
  password: 'geheim',
  database: 'postgres',
  ...more,
})
const never = new AbortController().signal
const secured = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'

describe.skipIf(!postgresBinaries)('a session of our own', () => {
  it.each(['plain', 'md5', 'scram'])('logs in by a password: %s', async (user) => {
    const session = await openSession(addressOf(user), never)
    expect(await session.query('select current_user, null')).toEqual([[user, null]])
    session.close()
    await expect(openSession(addressOf(user, { password: 'wrong' }), never)).rejects.toMatchObject({
      code: 'MORTAR_POSTGRES_FAILED',
      seen: expect.stringContaining('28P01'),
    })
  })

  it('logs in over TLS, and trusts only whom it is told to', async () => {
    const tls = { servername: 'localhost', alpn: [], ca: [certificates.ca] }
    const session = await openSession(addressOf('secured', { tls }), never)
    expect(await session.query(secured)).toEqual([['t']])
    session.close()
    await expect(openSession(addressOf('secured'), never)).rejects.toMatchObject({ code: 'MORTAR_POSTGRES_FAILED' })
    await expect(openSession(addressOf('secured', { tls: { ...tls, ca: [] } }), never)).rejects.toMatchObject({
      code: 'MORTAR_POSTGRES_FAILED',
    })
  })
})

describe.skipIf(!postgresBinaries || !pg)('the proxy', () => {
  it('speaks TLS to the server for a client that does not', async () => {
    const notes = takeNotes()
    const tls = { servername: 'localhost', alpn: [], ca: [certificates.ca] }
    const proxy = await proxyTo(server.port, { recorder: notes, tls })
    onTestFinished(() => proxy.close())
    const client = new pg.Client({ ...addressOf('secured'), port: proxy.port })
    await client.connect()
    expect((await client.query(secured)).rows).toEqual([{ ssl: true }])
    await client.end()
    expect(notes.lines()).toHaveLength(1)
  })

  it('speaks TLS by the test authority with a client that asks for it', async () => {
    const notes = takeNotes()
    const acceptTls = createTlsAcceptor(certificates, 5_000)
    const proxy = await proxyTo(server.port, { recorder: notes, acceptTls })
    onTestFinished(() => proxy.close())
    const ssl = { ca: certificates.ca, servername: '', checkServerIdentity: () => undefined }
    const client = new pg.Client({ ...addressOf('scram'), port: proxy.port, ssl })
    await client.connect()
    expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await client.end()
    expect(notes.lines()).toHaveLength(1)
    const env = { ...process.env, PGSSLMODE: 'require', PGCHANNELBINDING: 'disable', PGPASSWORD: 'geheim' }
    const said = await new Promise<string>((resolve, reject) => {
      const args = ['-XAtqh', '127.0.0.1', '-p', `${proxy.port}`, '-U', 'scram', '-c', 'select 7', 'postgres']
      execFile(join(postgresBinaries!, 'psql'), args, { env }, (error, out) => (error ? reject(error) : resolve(out)))
    })
    expect(said).toBe('7\n')
  })
})
