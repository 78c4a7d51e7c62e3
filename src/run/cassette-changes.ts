import { relative, sep } from 'node:path'
import type { Exchange } from '../core/exchange.ts'
import { notationOf } from '../protocols/notations.ts'
import { openCassettes } from '../store/cassettes.ts'
import type { LoadedConfig } from './loaded-config.ts'

/** The recordings of one moment, by cassette. */
export type CassetteSnapshot = ReadonlyMap<string, readonly string[]>

/** One recording that is new, gone, or answers otherwise than before. */
export interface CassetteChange {
  readonly kind: 'added' | 'removed' | 'changed'
  /** Relative to the project. */
  readonly cassette: string
  readonly operation: string
  /** One line for people. */
  readonly text: string
}

/** Takes down what every cassette holds, without times and ids, which differ in every recording. */
export function snapshotCassettes(config: LoadedConfig): CassetteSnapshot {
  const cassettes = openCassettes(config.cassettes, notationOf)
  return new Map(
    cassettes
      .list()
      .map((path) => [
        relative(config.directory, path).split(sep).join('/'),
        cassettes.read(path).exchanges.map((exchange) => JSON.stringify([exchange.operation, essence(exchange)])),
      ]),
  )
}

const noFiles = { put: (bytes: Uint8Array) => Buffer.from(bytes).toString('base64'), get: () => new Uint8Array() }

/** The exchange without what differs each time: times, and headers that carry them. */
function essence({ protocol, question, messages }: Exchange): string {
  const still = messages.map((timed) => ({ ...timed, ms: 0 }))
  const text = JSON.stringify(notationOf(protocol).write({ question, messages: still }, noFiles))
  return text.replaceAll(
    /\["(?:date|age|x-request-id|x-runtime|etag|last-modified|expires|x-ratelimit-[a-z]+)","[^"]*"\]/gi,
    '',
  )
}

/** What differs between two moments: by cassette, and in it by operation, in order. */
export function describeChanges(before: CassetteSnapshot, after: CassetteSnapshot): CassetteChange[] {
  const files = [...new Set([...before.keys(), ...after.keys()])].sort()
  return files.flatMap((cassette) => {
    const old = byOperation(before.get(cassette) ?? [])
    const now = byOperation(after.get(cassette) ?? [])
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((operation) =>
      compare(cassette, operation, old.get(operation) ?? [], now.get(operation) ?? []),
    )
  })
}

function compare(
  cassette: string,
  operation: string,
  old: readonly string[],
  now: readonly string[],
): CassetteChange[] {
  const changes: CassetteChange[] = []
  const add = (kind: CassetteChange['kind'], count: number): void => {
    const times = count > 1 ? ` (${count} exchanges)` : ''
    if (count > 0)
      changes.push({ kind, cassette, operation, text: `${kind.padEnd(8)} ${operation}${times}  ${cassette}` })
  }
  const shared = Math.min(old.length, now.length)
  add('changed', Array.from({ length: shared }, (_, at) => old[at] !== now[at]).filter(Boolean).length)
  add('added', now.length - shared)
  add('removed', old.length - shared)
  return changes
}

function byOperation(entries: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const entry of entries) {
    const [operation, content] = JSON.parse(entry) as [string, string]
    const group = groups.get(operation) ?? []
    group.push(content)
    groups.set(operation, group)
  }
  return groups
}
