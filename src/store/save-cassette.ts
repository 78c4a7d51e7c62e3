import { anyText } from '../core/any-value.ts'
import type { Exchange, TestRef } from '../core/exchange.ts'
import { readList } from '../core/json-fields.ts'
import type { JsonObject } from '../core/json.ts'
import type { BodyFiles } from '../core/protocol.ts'
import type { Redaction } from '../core/redaction.ts'
import { bodyName, writeBodyFile } from './body-files.ts'
import type { Cassette, Notations, Recorded } from './cassette.ts'
import { countRedactions } from './count-redactions.ts'
import { refuseSecrets, type Detect } from './find-secrets.ts'
import { withLock } from '../files/lock.ts'
import { cassetteVersion, parseCassette } from './parse-cassette.ts'
import { recordedHere } from './place.ts'
import { printJson } from './print-json.ts'
import { writeWhole } from '../files/write-whole.ts'

/** What a save needs to know besides the exchanges. */
export interface SaveOptions {
  /** What was replaced in these exchanges, for the list in the file. */
  readonly redactions?: readonly Redaction[]
  /** Sees secrets that redaction has missed; one finding stops the save. */
  readonly detect?: Detect
  /** With `replace`: which exchanges of the file stay, such as those of other boundaries. Default: none. */
  readonly keep?: (exchange: Exchange) => boolean
  /**
   * With `replace`: gives the same text for exchanges that say the same. One that is to be replaced by its like stays
   * as it is, but for its time: it is as fresh as the new one, and a review has nothing to read but that.
   */
  readonly likeness?: (exchange: Exchange) => string | undefined
  /** Default: now, this package, this machine. An import says where its recordings come from. */
  readonly recorded?: Partial<Recorded>
}

/** What a save did. */
export interface SaveResult {
  /** Absolute path. */
  readonly file: string
  /** How many exchanges were given; all of them are in the file now. */
  readonly saved: number
  /** How many exchanges the file holds now. */
  readonly total: number
  /** How many of the file's former exchanges were replaced or dropped. */
  readonly removed: number
  /** How many replacements of secrets were made in the exchanges given. */
  readonly redactions: number
}

/** One cassette file, and how to read and write what is in it. */
export interface CassetteFile {
  readonly file: string
  readonly bodiesFolder: string
  readonly notations: Notations
  /** The text of the file; `undefined` when it does not exist. */
  text(): string | undefined
  read(text: string): Cassette
}

/** Saves exchanges as `Cassettes.save` describes. */
export function saveCassette(
  target: CassetteFile,
  test: TestRef,
  exchanges: readonly Exchange[],
  how: 'replace' | 'append',
  options: SaveOptions,
): SaveResult {
  const { file, bodiesFolder } = target
  const bodies = new Map<string, Uint8Array>()
  const fresh = exchanges.map((exchange) => writeExchange(exchange, target.notations, stage(bodies)))
  if (options.detect) refuseSecrets(fresh, bodies, file, options.detect)
  const redactions = options.redactions ?? []
  return withLock(`${file}.lock`, () => {
    const former = readFormer(target, how, options.keep)
    const added = options.likeness ? renew(former.dropped, exchanges, fresh, options.likeness) : fresh
    const entries = merge(former.kept, added)
    // Nothing is said that was not said before, so where and by what it was recorded stands.
    const same = former.dropped.length === added.length && added.every((entry, i) => entry !== fresh[i])
    const here = recordedHere()
    const text = printJson({
      mortar: cassetteVersion,
      test: { file: test.file, name: test.name },
      recorded: { ...(same && former.recorded ? { ...former.recorded, at: here.at } : here), ...options.recorded },
      exchanges: entries,
      redactions: countRedactions(stands(former, same) ? former.redactions : [], same ? [] : redactions),
    })
    for (const [name, bytes] of bodies) writeBodyFile(bodiesFolder, name, bytes)
    writeWhole(file, text)
    const removed = former.total + added.length - entries.length
    return { file, saved: added.length, total: entries.length, removed, redactions: redactions.length }
  })
}

/** Body files that are written only once it is certain that the cassette will be. */
function stage(bodies: Map<string, Uint8Array>): BodyFiles {
  return {
    put(bytes, extension) {
      const name = bodyName(bytes, extension)
      bodies.set(name, bytes)
      return name
    },
    get: (name) => bodies.get(name) ?? new Uint8Array(),
  }
}

function writeExchange(exchange: Exchange, notations: Notations, files: BodyFiles): JsonObject {
  const { question, messages } = exchange
  return {
    id: exchange.id,
    boundary: exchange.boundary,
    protocol: exchange.protocol,
    operation: exchange.operation,
    ...(exchange.effect && { effect: true }),
    at: new Date(exchange.askedAt).toISOString(),
    ms: Math.round(exchange.durationMs * 100) / 100,
    ...(exchange.ending !== 'complete' && { ending: exchange.ending }),
    ...notations(exchange.protocol).write({ question, messages }, files),
  }
}

interface Former {
  readonly total: number
  readonly kept: readonly JsonObject[]
  /** What is to be replaced, as written and as read. */
  readonly dropped: readonly { readonly entry: JsonObject; readonly exchange: Exchange }[]
  readonly recorded?: JsonObject
  readonly redactions: Cassette['redactions']
}

function readFormer(target: CassetteFile, how: 'replace' | 'append', keep: SaveOptions['keep']): Former {
  const text = target.text()
  const none: Former = { total: 0, kept: [], dropped: [], redactions: [] }
  if (text === undefined) return none
  if (how === 'replace' && !keep) return { ...none, total: countExchanges(text, target) }
  const cassette = target.read(text)
  const json = parseCassette(text, target.file)
  const entries = readList(json['exchanges'], 'exchanges') as readonly JsonObject[]
  const stays = (i: number): boolean => how === 'append' || keep === undefined || keep(cassette.exchanges[i]!)
  const read = entries.map((entry, i) => ({ entry, exchange: cassette.exchanges[i]!, stays: stays(i) }))
  return {
    total: entries.length,
    kept: read.filter((each) => each.stays).map(({ entry }) => entry),
    dropped: read.filter((each) => !each.stays),
    recorded: json['recorded'] as JsonObject,
    redactions: cassette.redactions,
  }
}

/** Whether what the file says of its redactions still holds for what stays in it. */
function stands({ kept }: Former, same: boolean): boolean {
  return same || kept.length > 0
}

/** Of each new entry the former one that says the same, at the new time; itself where there is none. */
function renew(
  dropped: Former['dropped'],
  exchanges: readonly Exchange[],
  fresh: readonly JsonObject[],
  likeness: (exchange: Exchange) => string | undefined,
): readonly JsonObject[] {
  const like = Map.groupBy(dropped, ({ exchange }) => likeness(exchange))
  like.delete(undefined)
  return fresh.map((entry, i) => {
    const key = like.size === 0 ? undefined : likeness(exchanges[i]!)
    const former = key === undefined ? undefined : like.get(key)?.shift()
    return former ? { ...former.entry, at: entry['at']! } : entry
  })
}

/** A file that cannot be read may be replaced: that is how one repairs it. */
function countExchanges(text: string, target: CassetteFile): number {
  try {
    return target.read(text).exchanges.length
  } catch {
    return 0
  }
}

/** All entries by time. Ids are unique within a run only, so those of an earlier run that return get a new one. */
function merge(former: readonly JsonObject[], added: readonly JsonObject[]): readonly JsonObject[] {
  const merged = new Map(former.map((entry) => [anyText(entry['id']), entry]))
  for (const entry of added) {
    let id = anyText(entry['id'])
    for (let n = 2; merged.has(id) && merged.get(id)!['at'] !== entry['at']; n++) id = `${anyText(entry['id'])}~${n}`
    merged.set(id, { ...entry, id })
  }
  return Array.from(merged.values()).toSorted((a, b) => Date.parse(anyText(a['at'])) - Date.parse(anyText(b['at'])))
}
