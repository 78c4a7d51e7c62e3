import { readFileSync } from 'node:fs'
import type { Recorded } from './cassette.ts'
import { realNow } from '../core/real-clock.ts'

let version: string | undefined

/** Now, this package and this machine. */
export function recordedHere(): Recorded {
  return {
    at: new Date(realNow()).toISOString(),
    by: `mortar ${(version ??= readVersion())}`,
    on: `${process.platform} ${process.arch}, node ${process.versions.node}`,
    ci: Boolean(process.env['CI']) && process.env['CI'] !== 'false',
  }
}

function readVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
