import { readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'

const peers = ['nock', 'msw', '@mswjs/interceptors', '@pollyjs/core', 'undici', 'mockttp', 'wiremock']

/** What the numbers were measured on, and with which versions. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown'
  const memory = Math.round(totalmem() / 2 ** 30)
  const load = loadavg().map((value) => value.toFixed(1))
  const versions = peers.map((name) => `${name} ${versionOf(name)}`)
  return [
    `${new Date().toISOString().slice(0, 10)}; ${platform()} ${release().replace(/-.*/, '')} ${arch()}; ${availableParallelism()} cores (${model}), ${memory} GiB`,
    `Node ${process.versions.node}; load when it began ${load.join(', ')}`,
    versions.join(', '),
  ].join('\n')
}

function versionOf(name: string): string {
  const file = join(import.meta.dirname, 'node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
