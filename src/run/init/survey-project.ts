import { basename } from 'node:path'
import type { ProjectFile, Reading, Sign, Skipped, Unattached } from './evidence.ts'
import { detectRunner, isAttaching, type Runner } from './detect-runner.ts'
import { sourceExtensions } from './find-strings.ts'
import { type Doubtful, propose, type ProposedBoundary } from './propose.ts'
import { type FoundDriver, matchVariables, readsOf, type VariableRead } from './match-variables.ts'
import { findMigrations } from './find-migrations.ts'
import { type ProposedServer, proposeServers } from './propose-servers.ts'
import { readCompose } from './read-compose.ts'
import { parseEnvFile, readVariables } from './read-environment.ts'
import { readOpenApi } from './read-openapi.ts'
import { type PackageFacts, type PackageReading, readPackage } from './read-package.ts'
import { type MoneyPath, moneyPaths } from './read-paths.ts'
import { readSource } from './read-source.ts'
import { readProjectText } from './read-text.ts'
import { walkProject } from './walk-project.ts'

/** How much source is read. */
export const surveyLimits = { sourceFiles: 5000, sourceBytes: 67_108_864 } as const

/** What a project says of its boundaries. */
export interface Survey {
  readonly boundaries: readonly ProposedBoundary[]
  /** Databases, caches and brokers. */
  readonly servers: readonly ProposedServer[]
  /** What no boundary is suggested for. Each once, whatever number of places name it. */
  readonly unattached: readonly Unattached[]
  readonly doubtful: readonly Doubtful[]
  readonly skipped: readonly Skipped[]
  readonly runner: Runner
  /** Facts of the package.json at the top; `undefined` when there is none that can be read. */
  readonly facts: PackageFacts | undefined
  readonly usesTypeScript: boolean
  /** How many files were read. */
  readonly files: number
}

/** Reads a project and puts together what it says of the services it talks to. Writes nothing. */
export async function surveyProject(root: string): Promise<Survey> {
  const { files, skipped: unreadable } = walkProject(root)
  const signs: Sign[] = []
  const unattached: Unattached[] = []
  const skipped: Skipped[] = [...unreadable]
  const drivers: FoundDriver[] = []
  const reads: VariableRead[] = []
  const paths: MoneyPath[] = []
  let facts: PackageFacts | undefined
  let read = 0
  let isAttached = false
  const sources = { files: 0, bytes: 0, left: 0 }
  for (const file of files) {
    const kind = kindOf(file)
    if (kind === undefined) continue
    if (kind === 'source' && !withinLimits(file, sources)) continue
    const text = readProjectText(root, file)
    if (typeof text !== 'string') {
      skipped.push(text)
      continue
    }
    read++
    isAttached ||= kind === 'source' && isAttaching(file.path, text)
    const reading = await readAs(kind, text, file)
    if (kind === 'package') {
      const found = reading as PackageReading
      drivers.push(...found.drivers)
      if (file.path === 'package.json') facts = found.facts
    }
    if (kind === 'source' && !file.aside) {
      reads.push(...readsOf(text, file.path))
      paths.push(...moneyPaths(text, file.path))
    }
    signs.push(...reading.signs)
    unattached.push(...(reading.unattached ?? []))
    skipped.push(...(reading.skipped ?? []))
  }
  if (sources.left > 0) {
    skipped.push({ path: '.', why: `${sources.left.toLocaleString('en')} more source files were not read: too many` })
  }
  const names = new Set(files.map(({ path }) => path))
  const proposals = propose(signs, paths)
  const taken = proposals.boundaries.map(({ name }) => name)
  const elsewhere = new Set(signs.flatMap(({ env }) => env ?? []))
  const found = [...unattached, ...matchVariables(reads, drivers, elsewhere)]
  const { servers, unattached: left } = proposeServers(found, findMigrations(files), taken)
  return {
    ...proposals,
    servers,
    unattached: mergeUnattached(left),
    skipped,
    runner: detectRunner(facts, names, isAttached),
    facts,
    usesTypeScript:
      facts?.dependencies.includes('typescript') === true ||
      files.some(({ path }) => /^(?:tsconfig[^/]*\.json|[^/]+\/tsconfig\.json)$/.test(path)),
    files: read,
  }
}

type Kind = 'package' | 'environment' | 'compose' | 'openapi' | 'source'

function kindOf({ path, aside }: ProjectFile): Kind | undefined {
  const name = basename(path)
  const extension = name.slice(name.lastIndexOf('.') + 1)
  if (sourceExtensions.has(extension) && !/\.min\.[a-z]+$|\.d\.[cm]?ts$|^mortar\.config\./.test(name)) return 'source'
  if (aside && path.includes('/')) return undefined
  if (name === 'package.json') return 'package'
  if (/^\.env(?:\..+)?$|^[\w-]+\.env$/.test(name) && !/\.(?:swp|bak|enc|vault)$/.test(name)) return 'environment'
  if (/^(?:docker-)?compose[^/]*\.ya?ml$/.test(name)) return 'compose'
  return /(?:openapi|swagger)[^/]*\.(?:ya?ml|json)$/i.test(name) ? 'openapi' : undefined
}

function withinLimits({ bytes }: ProjectFile, so: { files: number; bytes: number; left: number }): boolean {
  const fits = so.files < surveyLimits.sourceFiles && so.bytes + bytes <= surveyLimits.sourceBytes
  if (fits) {
    so.files++
    so.bytes += bytes
  } else so.left++
  return fits
}

function readAs(kind: Kind, text: string, { path, aside }: ProjectFile): Reading | Promise<Reading> {
  switch (kind) {
    case 'package':
      return readPackage(text, path)
    case 'environment':
      return readVariables(parseEnvFile(text, path), 'environment')
    case 'compose':
      return readCompose(text, path)
    case 'openapi':
      return readOpenApi(text, path)
    case 'source':
      return { signs: readSource(text, path, aside) }
  }
}

/** One entry for each protocol and address; a driver alone counts only where no address is known. */
function mergeUnattached(all: readonly Unattached[]): readonly Unattached[] {
  const located = new Set(all.filter(({ address }) => address !== '').map(({ protocol }) => protocol))
  const byKey = new Map<string, Unattached>()
  for (const item of all) {
    if (item.address === '' && item.protocol !== 'http' && located.has(item.protocol)) continue
    const place = item.address === '' ? item.where : item.address.split(' ')[0]
    const key = `${item.protocol} ${place}`
    const known = byKey.get(key)
    if (!known || known.address.length < item.address.length) byKey.set(key, item)
  }
  return [...byKey.values()]
}
