import { relative, sep } from 'node:path'
import type { Cassettes } from '../store/cassettes.ts'
import type { LoadedConfig } from './loaded-config.ts'
import type { RecordedExchange } from './summary/input.ts'

/**
 * Lists what the cassettes of a project hold.
 *
 * @throws MortarError `MORTAR_CASSETTE_UNREADABLE`, `MORTAR_CASSETTE_VERSION`
 */
export function inventory(config: LoadedConfig, cassettes: Cassettes): RecordedExchange[] {
  return cassettes.list().flatMap((path) => {
    const file = relative(config.directory, path).split(sep).join('/')
    return cassettes
      .read(path)
      .exchanges.map(({ boundary, operation, askedAt }) => ({ boundary, file, operation, recordedAt: askedAt }))
  })
}
