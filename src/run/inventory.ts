import { relative, sep } from 'node:path'
import type { Cassettes } from '../store/cassettes.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import type { LoadedConfig } from './loaded-config.ts'
import type { RecordedExchange } from './summary/input.ts'

/**
 * Lists what the cassettes of a project hold. `boundaries` with a contract name their operations by it.
 *
 * @throws MortarError `MORTAR_CASSETTE_UNREADABLE`, `MORTAR_CASSETTE_VERSION`
 */
export function inventory(
  config: LoadedConfig,
  cassettes: Cassettes,
  boundaries: readonly AttachedBoundary[] = [],
): RecordedExchange[] {
  const named = new Map(boundaries.filter(({ operations }) => operations).map((boundary) => [boundary.name, boundary]))
  return cassettes.list().flatMap((path) => {
    const file = relative(config.directory, path).split(sep).join('/')
    return cassettes.read(path).exchanges.map((exchange) => {
      const { boundary, askedAt: recordedAt } = exchange
      // A contract may have come after the recording, and then its names are the ones to compare with.
      const protocol = named.get(boundary)?.protocol
      const operation = protocol ? protocol.describe(exchange.question as AnyQuestion).name : exchange.operation
      return { boundary, file, operation, recordedAt }
    })
  })
}
