import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { MortarError } from '../core/errors.ts'
import type { Exchange, TestRef } from '../core/exchange.ts'
import type { JsonObject } from '../core/json.ts'
import type { BodyFiles, Content } from '../core/protocol.ts'
import { openBodyFiles } from './body-files.ts'
import type { Notations } from './cassette.ts'
import { openCassettes } from './cassettes.ts'
import type { JournalEvent } from './journal-event.ts'
import { readJournal } from './read-journal.ts'

type Ask = Extract<JournalEvent, { t: 'ask' }>
type End = Extract<JournalEvent, { t: 'end' }>

/** All that a journal says of one exchange. */
export interface JournalledExchange {
  readonly ask: Ask
  readonly end: End | undefined
  /** Notations of the question and its messages, in the order they came; empty when a cassette holds them. */
  readonly contents: readonly JsonObject[]
  /** When the last of its lines was written, milliseconds since the epoch. */
  readonly lastAt: number
}

/** Where the bodies of a run are kept. */
export function runBodies(runDirectory: string): BodyFiles {
  return openBodyFiles(join(runDirectory, 'bodies'))
}

/** Puts the lines of each exchange together, in the order the questions were asked. */
export function groupExchanges(events: Iterable<JournalEvent>): readonly JournalledExchange[] {
  const found = new Map<string, { ask: Ask; end: End | undefined; contents: JsonObject[]; lastAt: number }>()
  for (const event of events) {
    if (event.t === 'ask') {
      const contents = event.content ? [event.content] : []
      found.set(event.id, { ask: event, end: undefined, contents, lastAt: event.at })
    } else if (event.t === 'part' || event.t === 'end') {
      const exchange = found.get(event.id)
      if (!exchange) continue
      if (event.content) exchange.contents.push(event.content)
      if (event.t === 'end') exchange.end = event
      exchange.lastAt = event.at
    }
  }
  return [...found.values()]
}

/**
 * The exchanges of a run, replayed ones too, in the order they were asked. An exchange without content is left out:
 * its process was killed before anything of it was written. `question` and `messages` are read when they are first
 * asked for, and may throw what reading a cassette throws.
 *
 * @param projectDirectory - To which the journal's cassette paths are relative; default: the folder of `.mortar`.
 */
export function readExchanges(
  runDirectory: string,
  notations: Notations,
  projectDirectory: string = dirname(dirname(dirname(resolve(runDirectory)))),
): readonly Exchange[] {
  return exchangesOf(readJournal(runDirectory).events, runDirectory, notations, projectDirectory)
}

/** The same from events that have been read already. */
export function exchangesOf(
  events: readonly JournalEvent[],
  runDirectory: string,
  notations: Notations,
  projectDirectory: string,
): readonly Exchange[] {
  const bodies = runBodies(runDirectory)
  const recordings = openRecordings(projectDirectory, notations)
  return groupExchanges(events).flatMap((journalled) => {
    const { end, ask } = journalled
    if (journalled.contents.length > 0) return [rebuildExchange(journalled, notations, bodies)]
    const { cassette } = ask
    if (!end || end.recorded === undefined || cassette === undefined) return []
    const recorded = end.recorded
    return [lazyExchange(journalled, () => recordings(cassette, recorded))]
  })
}

/** An exchange from its own lines, of which there is at least one with content. */
export function rebuildExchange(journalled: JournalledExchange, notations: Notations, bodies: BodyFiles): Exchange {
  return lazyExchange(journalled, () => {
    const notation = notations(journalled.ask.protocol)
    const parts = journalled.contents.map((content) => notation.read(content, bodies))
    return { question: parts[0]!.question, messages: parts.flatMap((part) => part.messages) }
  })
}

function lazyExchange({ ask, end, lastAt }: JournalledExchange, read: () => Content<unknown, unknown>): Exchange {
  let known: Content<unknown, unknown> | undefined
  return {
    id: ask.id,
    boundary: ask.boundary,
    protocol: ask.protocol,
    operation: ask.operation,
    effect: ask.effect,
    test: ask.test satisfies TestRef | null,
    askedAt: ask.at,
    durationMs: end ? end.durationMs : lastAt - ask.at,
    get question() {
      return (known ??= read()).question
    },
    get messages() {
      return (known ??= read()).messages
    },
    ending: end ? end.ending : 'open',
  }
}

/** Finds recordings by cassette and id, opening each cassette once. */
function openRecordings(
  projectDirectory: string,
  notations: Notations,
): (cassette: string, id: string) => Content<unknown, unknown> {
  const known = new Map<string, ReadonlyMap<string, Exchange>>()
  return (cassette, id) => {
    const file = resolve(projectDirectory, cassette)
    let recordings = known.get(file)
    if (!recordings) {
      const { exchanges } = openCassettes(cassettesAround(file, projectDirectory), notations).read(file)
      recordings = new Map(exchanges.map((exchange) => [exchange.id, exchange]))
      known.set(file, recordings)
    }
    const recording = recordings.get(id)
    if (recording) return recording
    throw new MortarError('MORTAR_CASSETTE_UNREADABLE', `the recording ${id} is not in its cassette any more`, {
      where: file,
      hint: 'The cassette has changed since this run; run again.',
    })
  }
}

/** The folder of all cassettes: the nearest one around a cassette that has bodies. Without bodies any will do. */
function cassettesAround(file: string, projectDirectory: string): string {
  const folder = dirname(file)
  const around = [folder]
  for (let next = dirname(folder); next.startsWith(projectDirectory) && next !== around.at(-1); next = dirname(next)) {
    around.push(next)
  }
  return around.find((one) => existsSync(join(one, 'bodies'))) ?? folder
}
