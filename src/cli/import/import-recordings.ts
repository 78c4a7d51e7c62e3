import { globSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { MortarError } from '../../core/errors.ts'
import type { Exchange, TestRef } from '../../core/exchange.ts'
import type { Format, Loss } from '../../formats/format.ts'
import { notationOf } from '../../protocols/notations.ts'
import type { HttpQuestion, HttpReply } from '../../protocols/http/message.ts'
import { openCassettes } from '../../store/cassettes.ts'
import type { LoadedConfig } from '../../run/loaded-config.ts'
import { cassetteNames } from './cassette-names.ts'
import { claimsOf, type Unclaimed, unclaimedOrigins } from './claim.ts'
import { type KeptCassette, keepRecordings } from './keep-recordings.ts'
import { type ImportFile, readRecordings } from './read-recordings.ts'

/** What to import, and where to. */
export interface ImportRequest {
  readonly config: LoadedConfig
  readonly format: Format['name'] | 'auto'
  /** As typed, relative to `cwd`; patterns such as `fixtures/*.json` stand for the files they match. */
  readonly files: readonly string[]
  readonly cwd: string
  /** Name of the boundary that gets everything. Default: by the address, from the config. */
  readonly boundary?: string | undefined
  /** The test that the recordings are for. */
  readonly test?: TestRef | undefined
  /** Name of the one cassette that gets everything. Default: one per file, below `imported/`. */
  readonly to?: string | undefined
  readonly dryRun: boolean
}

/** What an import did. */
export interface ImportResult {
  readonly files: readonly {
    readonly path: string
    readonly format: Format['name']
    /** How many exchanges it holds, and how many of them a boundary claims. */
    readonly exchanges: number
    readonly carried: number
  }[]
  readonly cassettes: readonly KeptCassette[]
  /** What the formats could not carry, over all files. */
  readonly losses: readonly Loss[]
  /** Addresses of exchanges that no boundary claims: they were not imported. */
  readonly unclaimed: readonly Unclaimed[]
  /** Files that could not be read and cassettes that could not be written. */
  readonly problems: readonly MortarError[]
}

/**
 * Brings recordings of other tools into cassettes. One file that cannot be read does not keep the others out.
 *
 * @throws MortarError `MORTAR_USAGE` when the config has no boundary of the name given
 */
export async function importRecordings(request: ImportRequest): Promise<ImportResult> {
  const { config, format, boundary, dryRun } = request
  const claims = claimsOf(config, boundary)
  const sources = sourceFiles(request)
  const names = cassetteNames(sources.map(({ path }) => path))
  const batches = new Map<string, { test: TestRef; by: Set<string>; exchanges: Exchange<HttpQuestion, HttpReply>[] }>()
  const losses = new Map<string, Loss>()
  const unclaimed: string[] = []
  const problems: MortarError[] = []
  const files: ImportResult['files'][number][] = []
  for (const [at, source] of sources.entries()) {
    const read = await attempt(problems, () =>
      readRecordings(source, {
        format,
        boundary: claims.boundary,
        describe: (question) => claims.protocol(claims.boundary(question.url)).describe(question),
      }),
    )
    if (!read) continue
    let carried = 0
    for (const group of read.groups) {
      const mine = group.exchanges.filter((exchange) => exchange.boundary !== '')
      unclaimed.push(...group.exchanges.flatMap(({ boundary: name, question }) => (name === '' ? [question.url] : [])))
      carried += mine.length
      if (mine.length === 0) continue
      const test = request.test ?? (request.to === undefined ? group.test : null)
      const target = targetOf(test, read.format) ?? { file: '', name: request.to ?? names[at]! }
      const key = JSON.stringify([target.file, target.name])
      const batch = batches.get(key) ?? { test: target, by: new Set(), exchanges: [] }
      batch.by.add(`${read.format}: ${source.path}`)
      batch.exchanges.push(...mine)
      batches.set(key, batch)
    }
    for (const loss of read.losses) {
      const key = `${loss.what}\n${loss.why}`
      losses.set(key, { ...loss, count: loss.count + (losses.get(key)?.count ?? 0) })
    }
    const exchanges = read.groups.reduce((sum, group) => sum + group.exchanges.length, 0)
    files.push({ path: source.path, format: read.format, exchanges, carried })
  }
  const cassettes = openCassettes(config.cassettes, notationOf)
  const kept: KeptCassette[] = []
  for (const { test, by, exchanges } of batches.values()) {
    const [first, ...others] = by
    const from = `imported, ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`
    const done = await attempt(problems, () =>
      keepRecordings({ test, by: from, exchanges }, { config, claims, cassettes, dryRun }),
    )
    if (done) kept.push(done)
  }
  return {
    files,
    cassettes: kept,
    losses: [...losses.values()].toSorted((a, b) => b.count - a.count),
    unclaimed: unclaimedOrigins(unclaimed, config),
    problems,
  }
}

/** Polly knows the name of the test but not its file: such a cassette is used by name. */
function targetOf(test: TestRef | null, format: Format['name']): TestRef | null {
  return test?.file === '' && format === 'polly' ? { file: '', name: `imported/${test.name}` } : test
}

async function attempt<T>(problems: MortarError[], work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!MortarError.is(error)) throw error
    problems.push(error)
    return undefined
  }
}

function sourceFiles({ files, cwd, config }: ImportRequest): readonly ImportFile[] {
  const found = files.flatMap((name) => {
    const matches = /[*?[{]/.test(name) ? globSync(name, { cwd }).toSorted() : []
    return matches.length > 0 ? matches : [name]
  })
  const absolute = [...new Set(found.map((name) => resolve(cwd, name)))]
  return absolute.map((file) => ({ file, path: relative(config.directory, file).split(sep).join('/') }))
}
