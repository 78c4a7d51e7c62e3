import { isAbsolute, relative, resolve, sep } from 'node:path'
import { MortarError } from '../core/errors.ts'
import type { Exchange, TestRef } from '../core/exchange.ts'
import { notationOf } from '../protocols/notations.ts'
import { type Cassettes, openCassettes } from '../store/cassettes.ts'
import { readJournal } from '../store/read-journal.ts'
import { listRuns, type Run } from '../store/runs.ts'
import { unsavedExchanges } from '../store/unsaved-exchanges.ts'
import type { LoadedConfig } from './loaded-config.ts'

/** What was taken from the journal of a run that did not end in order. */
export interface Recovered {
  /** Its id: `20261120T101500-4f2a`. */
  readonly run: string
  /** Milliseconds since the epoch; `undefined` when its journal does not say. */
  readonly startedAt: number | undefined
  /** What was run. */
  readonly command: string
  /** By cassette, relative to the project. */
  readonly saved: readonly { readonly cassette: string; readonly exchanges: number }[]
  /** Ids of earlier runs that have something left too, the latest first. */
  readonly others: readonly string[]
}

interface Missing {
  readonly cassette: string
  readonly test: TestRef
  readonly exchanges: readonly Exchange[]
}

/**
 * Saves what the latest run that did not end in order had recorded but not saved, or the run named. What the cassettes
 * hold already stays.
 *
 * @returns `undefined` when there is nothing to recover.
 * @throws MortarError `MORTAR_USAGE` when there is no run of that name
 */
export function recoverRun(config: LoadedConfig, name?: string): Recovered | undefined {
  const cassettes = openCassettes(config.cassettes, notationOf)
  const runs = listRuns(config.directory).toReversed()
  if (name !== undefined && !runs.some(({ id }) => id === name)) {
    throw new MortarError('MORTAR_USAGE', `there is no run \`${name}\``, {
      hint: 'Leave `--run` out for the latest one; the runs that are kept stand in `.mortar/runs`.',
    })
  }
  const waiting = runs
    .map((run) => ({ run, missing: missingOf(config, cassettes, run) }))
    .filter(({ missing }) => missing.length > 0)
  const chosen = waiting.find(({ run }) => name === undefined || run.id === name)
  if (!chosen) return undefined
  for (const { test, exchanges } of chosen.missing) cassettes.save(test, exchanges, 'append')
  const first = readJournal(chosen.run.directory).events.find((event) => event.t === 'run')
  return {
    run: chosen.run.id,
    startedAt: first?.at,
    command: first?.command ?? '',
    saved: chosen.missing.map(({ cassette, exchanges }) => ({ cassette, exchanges: exchanges.length })),
    others: waiting.filter((other) => other !== chosen).map(({ run }) => run.id),
  }
}

function missingOf(config: LoadedConfig, cassettes: Cassettes, { directory }: Run): readonly Missing[] {
  return unsavedExchanges(directory, notationOf).flatMap(({ cassette, test: known, exchanges }) => {
    const test = known ?? { file: '', name: nameOf(config, cassette) }
    const held = new Set(cassettes.load(test)?.exchanges.map((exchange) => exchange.id))
    const missing = exchanges.filter((exchange) => !held.has(exchange.id))
    return missing.length === 0 ? [] : [{ cassette, test, exchanges: missing }]
  })
}

/** The cassette of no test has its name for a path. */
function nameOf(config: LoadedConfig, cassette: string): string {
  const path = relative(config.cassettes, resolve(config.directory, cassette)).replace(/\.json$/, '')
  return isAbsolute(path) ? 'outside-of-tests' : path.split(sep).join('/')
}
