import { relative, resolve, sep } from 'node:path'
import { notationOf } from '../protocols/notations.ts'
import { openCassettes } from '../store/cassettes.ts'
import { listRuns } from '../store/runs.ts'
import { unsavedExchanges } from '../store/unsaved-exchanges.ts'
import type { LoadedConfig } from './loaded-config.ts'

/** What was taken from the journal of a killed run. */
export interface Recovered {
  readonly run: string
  /** Relative to the project. */
  readonly cassette: string
  readonly exchanges: number
}

/** Saves what killed runs have recorded but not saved. What is there already stays. */
export function recoverRuns(config: LoadedConfig): Recovered[] {
  const cassettes = openCassettes(config.cassettes, notationOf)
  return listRuns(config.directory).flatMap(({ id, directory }) =>
    unsavedExchanges(directory, notationOf).flatMap(({ cassette, test, exchanges }) => {
      const ref = test ?? { file: '', name: nameOf(config, cassette) }
      const held = new Set(cassettes.load(ref)?.exchanges.map((exchange) => exchange.id))
      const missing = exchanges.filter((exchange) => !held.has(exchange.id))
      if (missing.length === 0) return []
      cassettes.save(ref, missing, 'append')
      return [{ run: id, cassette, exchanges: missing.length }]
    }),
  )
}

/** The name by which a cassette of no test is found. */
function nameOf(config: LoadedConfig, cassette: string): string {
  const path = relative(config.cassettes, resolve(config.directory, cassette))
  return path
    .split(sep)
    .join('/')
    .replace(/\.json$/, '')
}
