import type { ServerDriver } from '../driver.ts'
import { redisHandshake } from '../handshake/redis.ts'
import { serviceUrl } from '../service-url.ts'

/** Redis, or Valkey in its place, without persistence. */
export const redisDriver: ServerDriver = {
  protocol: 'redis',
  title: 'Redis',
  debianPackage: 'redis-server',
  programs: ['redis-server', 'valkey-server'],
  folders: ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'],
  variable: 'REDIS_URL',
  stopSignal: 'SIGKILL',
  startTimeoutMs: 20_000,
  versionArguments: ['--version'],
  versionOf: (output) => /\bv=(\S+)/.exec(output)?.[1],
  async commands({ program, directory, request }, port) {
    const { password } = request.account
    const settings = {
      save: '',
      appendonly: 'no',
      ...(password !== undefined && { requirepass: password }),
      ...request.settings,
      bind: '127.0.0.1',
      dir: directory,
      port: String(port),
    }
    return [{ program, args: options(settings) }]
  },
  handshake: ({ account }) => redisHandshake(account),
  // Some clients take an empty name for a name.
  url: ({ account: { user, password } }, host, port) =>
    serviceUrl('redis', password === undefined ? {} : { user: user ?? 'default', password }, host, port),
  container: {
    repositories: ['redis', 'redis/redis-stack-server', 'valkey/valkey', 'bitnami/redis'],
    tag: 'latest',
    port: 6379,
    env: () => ({}),
    args: ({ settings, account: { password } }) => [
      'redis-server',
      ...options({ save: '', ...(password !== undefined && { requirepass: password }), ...settings }),
    ],
  },
}

function options(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
}
