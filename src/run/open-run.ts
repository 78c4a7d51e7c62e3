import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Exchange } from '../core/exchange.ts'
import { noRedaction } from '../core/redaction.ts'
import { createRedactor } from '../core/redaction/create-redactor.ts'
import type { Recording } from '../modes/tape.ts'
import { openBodyFiles } from '../store/body-files.ts'
import { openCassettes } from '../store/cassettes.ts'
import { openJournal } from '../store/journal.ts'
import { newRun } from '../store/runs.ts'
import { makeAddressBook } from './address-book.ts'
import { attachBoundaries } from './attach-boundaries.ts'
import type { AnyQuestion } from './attached-boundary.ts'
import { loadConfig } from './load-config.ts'
import type { LoadedConfig } from './loaded-config.ts'
import { nowVariable } from './matrix/other-processes.ts'
import { notationOf } from '../protocols/notations.ts'
import type { RunContext } from './run-context.ts'
import { realNow } from '../core/real-clock.ts'

/** What a run is opened for. */
export interface RunOptions {
  /** Where to look for the config, unless `config` is given. */
  readonly directory: string
  readonly config?: LoadedConfig
  /** What is being run, for people. */
  readonly command: string
  /** `MORTAR_RUN` names the folder of a run that another process has opened. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Trust what the machine trusts when recording, for programs outside of node (default false). */
  readonly trustSystem?: boolean
}

/** Opens a run, or joins the one that the environment names. */
export async function openRun({
  directory,
  config: given,
  command,
  env,
  trustSystem = false,
}: RunOptions): Promise<RunContext> {
  const config = given ?? (await loadConfig({ directory, env, file: env.MORTAR_CONFIG }))
  const runDirectory = env.MORTAR_RUN ?? newRun(config.directory).directory
  const boundaries = await attachBoundaries(config, trustSystem)
  const cassettes = openCassettes(config.cassettes, notationOf)
  const makeRedactor = () => (config.redact === false ? noRedaction : createRedactor(config.redact))
  const recordingRedactor = makeRedactor()
  const journal = openJournal(runDirectory, recordingRedactor.text(command, 'command'))
  const prefix = randomBytes(4).toString('hex')
  // Where a test has several processes, no two places in it are the same.
  let count = env[nowVariable] === undefined ? 0 : process.pid * 1_000_000
  const over = new AbortController()
  const outer = env.MORTAR_COMMAND
  return {
    config,
    command: outer === undefined ? config.test : recordingRedactor.text(outer, 'command'),
    directory: runDirectory,
    journal,
    files: openBodyFiles(join(runDirectory, 'bodies')),
    cassettes,
    boundaries,
    addresses: makeAddressBook(boundaries.map((value) => ({ origins: value.origins, value }))),
    recordingRedactor,
    matchingRedactor: makeRedactor(),
    nextId: () => `${prefix}-${(count++).toString(36)}`,
    recordings: (files) => files.flatMap((file) => recordingsOf(file)),
    over: over.signal,
    close() {
      over.abort()
      journal.close()
    },
  }

  function recordingsOf(file: string): Recording<AnyQuestion, unknown>[] {
    if (!existsSync(file)) return []
    const cassette = cassettes.read(file)
    const path = relative(config.directory, file).split(sep).join('/')
    const limits = new Map(
      boundaries.map(({ name, input, refreshEveryMs }) => [name, input.stale === 'fail' ? refreshEveryMs : undefined]),
    )
    return cassette.exchanges.map((exchange) => {
      const limit = limits.get(exchange.boundary)
      return {
        exchange: exchange as Exchange<AnyQuestion, unknown>,
        cassette: path,
        expired: limit !== undefined && realNow() - exchange.askedAt > limit,
      }
    })
  }
}
