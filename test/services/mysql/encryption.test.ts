import { execFile } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTlsAcceptor } from '../../../src/engine/accept-tls.ts'
import { type Certificates, openCertificates } from '../../../src/engine/certificates.ts'
import type { ClientTls } from '../../../src/engine/client-tls.ts'
import type { Listener } from '../../../src/engine/listener.ts'
import { listenForWire, type WireListenerOptions } from '../../../src/engine/wire-listener.ts'
import { createFaultSet } from '../../../src/modes/faults/fault-set.ts'
import { mysqlFaults } from '../../../src/protocols/mysql/faults.ts'
import type { MysqlQuestion, MysqlReply } from '../../../src/protocols/mysql/message.ts'
import { mysqlWire } from '../../../src/protocols/mysql/mysql-wire.ts'
import { openSession } from '../../../src/services/mariadb-isolation/mysql-address.ts'
import { mariadbInstalled, startMariadb } from '../../support/mariadb-server.ts'
import { installed, type ServerProcess } from '../../support/server-process.ts'
import { type Client, connect, mysql2 } from './support.ts'

const cli = installed('mariadb')
let folder: string
let certificates: Certificates
let server: ServerProcess
let direct: Client
let statements: string[] = []

const isTls = "SHOW SESSION STATUS LIKE 'Ssl_cipher'"

describe.skipIf(!mariadbInstalled || !mysql2)('TLS', () => {
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'mortar-test-')))
    certificates = await openCertificates(join(folder, 'ca'))
    const { cert, key } = await certificates.leaf('localhost')
    writeFileSync(join(folder, 'own.crt'), cert)
    writeFileSync(join(folder, 'own.key'), key)
    server = await startMariadb([`--ssl-cert=${folder}/own.crt`, `--ssl-key=${folder}/own.key`])
    direct = await mysql2.createConnection({ host: '127.0.0.1', port: server.port, user: 'root' })
    await direct.query('CREATE DATABASE shop')
    await direct.query("CREATE USER app@'%' IDENTIFIED BY 'secret'")
    await direct.query("GRANT ALL ON shop.* TO app@'%'")
    await direct.query("CREATE USER secured@'%' IDENTIFIED BY 'secret' REQUIRE SSL")
  }, 60_000)
  afterAll(async () => {
    direct?.destroy()
    await server?.stop()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  async function proxy(more: Partial<WireListenerOptions<MysqlQuestion, MysqlReply>> = {}): Promise<Listener> {
    statements = []
    const wire = mysqlWire()
    const listener = await listenForWire({
      wire,
      target: { host: '127.0.0.1', port: server.port },
      recorder: {
        open(question) {
          statements.push(wire.describe(question).name)
          return { message: () => {}, close: () => {} }
        },
      },
      ...more,
    })
    onTestFinished(() => listener.close())
    return listener
  }

  const cipher = async (client: Client): Promise<string> => (await client.query(isTls))[0][0].Value
  const toServer = (): ClientTls => ({ servername: 'localhost', alpn: [], ca: [certificates.ca] })
  const fromClient = (): object => ({ ssl: { ca: certificates.ca, verifyIdentity: false } })
  const app = { user: 'app', password: 'secret' }

  it('is spoken to the server for a client that does not', async () => {
    const { port } = await proxy({ tls: toServer() })
    const client = await connect(port, app)
    expect(await cipher(client)).not.toBe('')
    await expect(connect(port, { ...app, password: 'wrong' })).rejects.toMatchObject({ errno: 1045 })
    const secured = await connect(port, { user: 'secured', password: 'secret', database: undefined })
    expect(await cipher(secured)).not.toBe('')
    expect(statements).toContain('SHOW')
  })

  it('is spoken with a client that asks for it, by the test authority', async () => {
    const { port } = await proxy({ acceptTls: createTlsAcceptor(certificates, 5_000) })
    const client = await connect(port, { ...app, ...fromClient() })
    expect(await cipher(client)).toBe('')
    const plain = await connect(port, app)
    expect((await plain.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }])
    expect(statements).toEqual(['CONNECT', 'SHOW', 'CONNECT', 'SELECT'])
  })

  it('is spoken on both sides, and faults strike statements all the same', async () => {
    const faults = createFaultSet()
    const acceptTls = createTlsAcceptor(certificates, 5_000)
    const { port } = await proxy({ acceptTls, tls: toServer(), faults })
    const client = await connect(port, { ...app, ...fromClient() })
    expect(await cipher(client)).not.toBe('')
    faults.arm({ ...mysqlFaults.deadlock(), match: { operation: 'SELECT' } })
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ errno: 1213 })
    expect((await client.execute('SELECT ? AS n', [3]))[0]).toHaveLength(1)
  })

  it('is done without where it is not wanted: clients that insist are told', async () => {
    const { port } = await proxy()
    await expect(connect(port, { ...app, ...fromClient() })).rejects.toThrow(/secure connection|SSL/)
    expect(await cipher(await connect(port, app))).toBe('')
  })

  it('to a server that has none is an error, not a hang', async () => {
    const other = await startMariadb()
    onTestFinished(() => other.stop())
    const { port } = await proxy({ target: { host: '127.0.0.1', port: other.port }, tls: toServer() })
    const failed = await connect(port, { database: undefined }).then(
      () => undefined,
      (error: Error) => error,
    )
    // MariaDB from 11.4 on makes a certificate by itself, which nobody here trusts.
    expect(failed).toBeInstanceOf(Error)
  }, 30_000)

  it.skipIf(!cli)("the server's own command line goes through it, and through the relay without it", async () => {
    for (const options of [{ acceptTls: createTlsAcceptor(certificates, 5_000), tls: toServer() }, {}]) {
      const { port } = await proxy(options)
      const ssl = 'tls' in options ? ['--ssl', '--disable-ssl-verify-server-cert'] : ['--skip-ssl']
      const args = ['--no-defaults', '-h127.0.0.1', `-P${port}`, '-uapp', '-psecret', ...ssl, '-N', 'shop']
      const said = await new Promise<string>((resolve, reject) => {
        const child = execFile(cli!, args, (error, out) => (error ? reject(error) : resolve(out)))
        child.stdin!.end("SELECT 'seven', 7; SELECT DATABASE();\n")
      })
      expect(said).toBe('seven\t7\nshop\n')
      expect(statements.slice(0, 2)).toEqual(['CONNECT', 'SELECT'])
    }
  })

  it('a session of our own logs in by a password', async () => {
    const address = { host: '127.0.0.1', port: server.port, ...app }
    const session = await openSession(address, 'shop')
    expect(await session.query('SELECT CURRENT_USER(), NULL; SELECT DATABASE()')).toEqual([['app@%', null], ['shop']])
    await expect(session.query('SELECT nothing')).rejects.toMatchObject({ server: { errno: 1054 } })
    expect(await session.query('SELECT 1')).toEqual([['1']])
    session.close()
    await expect(openSession({ ...address, password: 'wrong' })).rejects.toMatchObject({
      code: 'MORTAR_MYSQL_FAILED',
      seen: expect.stringContaining('1045 (28000)'),
    })
  })
})
