import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCertificates } from '../../../src/engine/certificates.ts'
import { mariadbInstalled, startMariadb } from '../../support/mariadb-server.ts'
import { postgresBinaries, startPostgres } from '../../support/postgres-server.ts'
import { startServer } from '../../support/server-process.ts'
import { hasRabbit, startRabbit } from '../amqp/support.ts'
import { mosquitto } from '../mqtt/support.ts'
import { natsServer } from '../nats/support.ts'
import { redisServer } from '../redis/support.ts'
import { freePort } from '../../support/free-port.ts'

/** A server that takes nobody in the clear. */
export interface SecuredServer {
  readonly port: number
  /** Whom it is to be trusted for. */
  readonly caPath: string
  stop(): Promise<void>
}

interface Files {
  readonly folder: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

type Kind = 'postgres' | 'mysql' | 'redis' | 'amqp' | 'nats' | 'mqtt'

/** Which of them are on this machine; of the others it has been said that they are not. */
export const securable: Readonly<Record<Kind, boolean>> = {
  postgres: postgresBinaries !== undefined,
  mysql: mariadbInstalled,
  redis: redisServer !== undefined,
  amqp: hasRabbit,
  nats: natsServer !== undefined,
  mqtt: mosquitto !== undefined,
}

const starts: Readonly<Record<Kind, (files: Files) => Promise<{ readonly port: number; stop(): Promise<void> }>>> = {
  postgres: ({ cert, key }) =>
    startPostgres(['ssl=on', 'ssl_cert_file=own.crt', 'ssl_key_file=own.key', 'hba_file=data/own.conf'], {
      'own.crt': readFileSync(cert, 'utf8'),
      'own.key': readFileSync(key, 'utf8'),
      'own.conf': 'hostssl all all 127.0.0.1/32 trust\n',
    }),
  mysql: ({ cert, key }) => startMariadb([`--ssl-cert=${cert}`, `--ssl-key=${key}`, '--require-secure-transport=ON']),
  redis: ({ ca, cert, key }) =>
    startServer(redisServer!, (port, folder) =>
      ['--port', '0', '--tls-port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder].concat(
        ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no'], // prettier-ignore
      ),
    ),
  async amqp({ ca, cert, key }) {
    const port = await freePort()
    const rabbit = await startRabbit({
      'listeners.ssl.1': `127.0.0.1:${port}`,
      'ssl_options.cacertfile': ca,
      'ssl_options.certfile': cert,
      'ssl_options.keyfile': key,
      'ssl_options.verify': 'verify_none',
    })
    return { port, stop: () => rabbit.stop() }
  },
  nats: ({ cert, key }) =>
    startServer(
      natsServer!,
      (port, folder) =>
      ['-a', '127.0.0.1', '-p', `${port}`, '-js', '-sd', folder, '--tls', '--tlscert', cert, '--tlskey', key], // prettier-ignore
    ),
  mqtt: ({ cert, key }) =>
    startServer(mosquitto!, (port, folder) => {
      const user = process.getuid?.() === 0 ? 'user root\n' : ''
      const lines = `listener ${port} 127.0.0.1\ncertfile ${cert}\nkeyfile ${key}\nallow_anonymous true\n${user}`
      writeFileSync(join(folder, 'mosquitto.conf'), lines)
      return ['-c', join(folder, 'mosquitto.conf')]
    }),
}

/** Starts one, with a certificate for 127.0.0.1 of an authority that nobody knows. */
export async function startSecured(kind: Kind): Promise<SecuredServer> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mortar-secured-')))
  const certificates = await openCertificates(join(folder, 'ca'))
  const { cert, key } = await certificates.leaf('127.0.0.1')
  const files = { folder, ca: join(folder, 'ca.pem'), cert: join(folder, 'own.pem'), key: join(folder, 'own.key') }
  // Some servers run as another user where we are root.
  chmodSync(folder, 0o755)
  writeFileSync(files.ca, certificates.ca, { mode: 0o644 })
  writeFileSync(files.cert, cert, { mode: 0o644 })
  writeFileSync(files.key, key, { mode: 0o644 })
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const server = await starts[kind](files)
    return {
      port: server.port,
      caPath: files.ca,
      async stop() {
        await server.stop()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}
