import { relative, sep } from 'node:path'
import type { Exchange } from '../../core/exchange.ts'
import { clipValue } from '../../modes/clip-value.ts'
import { type Difference, facetDifferences, kindOf } from '../../modes/facet-difference.ts'
import { notationOf } from '../../protocols/notations.ts'
import { openCassettes } from '../../store/cassettes.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { printable } from '../terminal-text.ts'
import { exchangeFacets, type ExchangeFacets } from './exchange-facets.ts'
import { type Pairable, pairRecordings } from './pair-recordings.ts'

/** The recordings of one moment, by cassette. */
export type CassetteSnapshot = ReadonlyMap<string, readonly RecordedThen[]>

interface RecordedThen extends Pairable {
  readonly id: string
  readonly at: number
  readonly facets: ExchangeFacets
}

/** One part in which recordings of two moments differ. A side that has no such part is absent. */
export interface ChangedPart {
  /** `status`, `headers.content-type`, `body.price`; `request.url` where the question is another one. */
  readonly path: string
  readonly before?: string
  readonly after?: string
}

/** Recordings of one operation that are new, gone, or say something else than before. */
export interface CassetteChange {
  readonly kind: 'added' | 'removed' | 'changed'
  /** Relative to the project. */
  readonly cassette: string
  readonly operation: string
  /** How many. */
  readonly exchanges: number
  /** All that differs, each once; empty unless `kind` is `changed`. */
  readonly differences: readonly ChangedPart[]
  /** A few lines for people. */
  readonly text: string
}

/** Differences shown of each operation; `--json` has all. */
const maxShown = 6

/** Takes down what every cassette holds. One that cannot be read counts as empty: a recording may replace it. */
export function snapshotCassettes(config: LoadedConfig): CassetteSnapshot {
  const cassettes = openCassettes(config.cassettes, notationOf)
  const read = (path: string): readonly RecordedThen[] => {
    try {
      return cassettes.read(path).exchanges.map((exchange) => takeDown(exchange))
    } catch {
      return []
    }
  }
  return new Map(
    cassettes.list().map((path) => [relative(config.directory, path).split(sep).join('/'), read(path)] as const),
  )
}

function takeDown(exchange: Exchange): RecordedThen {
  const { id, boundary, operation, askedAt } = exchange
  const facets = exchangeFacets(exchange)
  return { id, boundary, operation, at: askedAt, asked: JSON.stringify(facets.asked), facets }
}

/** What differs between two moments: by cassette, and in it by operation, in order. */
export function describeChanges(before: CassetteSnapshot, after: CassetteSnapshot): CassetteChange[] {
  const files = [...new Set([...before.keys(), ...after.keys()])].sort()
  return files.flatMap((cassette) => {
    const { pairs, added, removed } = pairRecordings(before.get(cassette) ?? [], after.get(cassette) ?? [])
    const changed = pairs
      .map(([old, now]) => ({ operation: now.operation, differences: differencesOf(old.facets, now.facets) }))
      .filter(({ differences }) => differences.length > 0)
    return [
      ...Array.from(groupByOperation(changed), ([operation, group]) =>
        makeChange('changed', cassette, operation, group.length, merged(group.map((each) => each.differences))),
      ),
      ...(['added', 'removed'] as const).flatMap((kind) =>
        Array.from(groupByOperation(kind === 'added' ? added : removed), ([operation, { length }]) =>
          makeChange(kind, cassette, operation, length, []),
        ),
      ),
    ]
  })
}

/** How many recordings stand as they were and were only dated anew, because the service still says the same. */
export function countRenewed(before: CassetteSnapshot, after: CassetteSnapshot): number {
  let count = 0
  for (const [cassette, recordings] of after) {
    const formerly = new Map((before.get(cassette) ?? []).map(({ id, at }) => [id, at]))
    count += recordings.filter(({ id, at }) => formerly.has(id) && formerly.get(id) !== at).length
  }
  return count
}

function groupByOperation<T extends { readonly operation: string }>(items: readonly T[]): ReadonlyMap<string, T[]> {
  return Map.groupBy(items, ({ operation }) => operation)
}

/** Fields of the body first, as they say most; headers last. */
function differencesOf(old: ExchangeFacets, now: ExchangeFacets): readonly Difference[] {
  const order = ({ path }: Difference): number => (/^headers\.|^trailers\./.test(path) ? 2 : path === 'status' ? 0 : 1)
  return [
    ...facetDifferences(now.asked, old.asked),
    ...facetDifferences(now.answered, old.answered).toSorted((a, b) => order(a) - order(b)),
  ]
}

/** Differences of several exchanges of one operation, each once. */
function merged(lists: readonly (readonly Difference[])[]): readonly Difference[] {
  const distinct = new Map<string, Difference>()
  for (const one of lists.flat()) distinct.set(JSON.stringify([one.path, one.recorded, one.asked]), one)
  return [...distinct.values()]
}

function makeChange(
  kind: CassetteChange['kind'],
  cassette: string,
  operation: string,
  exchanges: number,
  differences: readonly Difference[],
): CassetteChange {
  const times = exchanges > 1 ? ` (${exchanges} exchanges)` : ''
  const title = `${kind.padEnd(8)} ${printable(operation)}${times}  ${printable(cassette)}`
  return {
    kind,
    cassette,
    operation,
    exchanges,
    differences: differences.map(({ path, asked: after, recorded }) => ({
      path,
      ...(recorded !== undefined && { before: recorded }),
      ...(after !== undefined && { after }),
    })),
    text: [title, ...differenceLines(differences)].join('\n'),
  }
}

function differenceLines(differences: readonly Difference[]): readonly string[] {
  const plain = differences.filter((each) => kindOf(each) !== 'volatile')
  const passing = differences.filter((each) => kindOf(each) === 'volatile')
  const width = Math.min(32, Math.max(0, ...plain.slice(0, maxShown).map(({ path }) => path.length)))
  const lines = plain.slice(0, maxShown).map(({ path, asked: now, recorded: old }) => {
    const was = old === undefined ? '(absent)' : clipValue(old, now ?? '')
    const is = now === undefined ? '(absent)' : clipValue(now, old ?? '')
    return `${path.padEnd(width)}  ${was} → ${is}`
  })
  if (plain.length > maxShown) lines.push(`… and ${plain.length - maxShown} more; \`--json\` has them all`)
  if (passing.length > 0) {
    const names = [...new Set(passing.map(({ path }) => path))]
    const more = names.length > 3 ? `, and ${names.length - 3} more` : ''
    lines.push(
      `${plain.length > 0 ? 'and' : 'only'} values that look new each time: ${names.slice(0, 3).join(', ')}${more}`,
    )
  }
  return lines.map((line) => `           ${printable(line)}`)
}
