import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerDriver } from '../driver.ts'
import { natsHandshake } from '../handshake/nats.ts'
import { serviceUrl } from '../service-url.ts'
import { versionIn } from '../version.ts'

/** NATS with JetStream. */
export const natsDriver: ServerDriver = {
  protocol: 'nats',
  title: 'NATS',
  debianPackage: 'nats-server',
  programs: ['nats-server'],
  folders: ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'],
  variable: 'NATS_URL',
  stopSignal: 'SIGKILL',
  startTimeoutMs: 20_000,
  versionArguments: ['--version'],
  versionOf: versionIn,
  async commands({ program, directory, request }, port) {
    const { user, password } = request.account
    const config = join(directory, 'nats.conf')
    const login =
      user === undefined ? '' : `authorization { user: ${quoted(user)}, password: ${quoted(password ?? '')} }\n`
    const settings = Object.entries(request.settings).map(([name, value]) => `${name}: ${value}\n`)
    writeFileSync(config, `${login}${settings.join('')}`)
    const store = join(directory, 'jetstream')
    return [{ program, args: ['-c', config, '-a', '127.0.0.1', '-p', String(port), '-js', '-sd', store] }]
  },
  handshake: ({ account }) => natsHandshake(account),
  url: ({ account }, host, port) => serviceUrl('nats', login(account), host, port),
  container: {
    repositories: ['nats', 'bitnami/nats'],
    tag: 'latest',
    port: 4222,
    env: () => ({}),
    args: ({ account: { user, password } }) => [
      '-js',
      ...(user === undefined ? [] : ['--user', user, '--pass', password ?? '']),
    ],
  },
}

function login({ user, password }: { readonly user?: string; readonly password?: string }): object {
  return { ...(user !== undefined && { user }), ...(password !== undefined && { password }) }
}

function quoted(value: string): string {
  return JSON.stringify(value)
}
