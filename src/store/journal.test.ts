import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { bodyText, httpExchange } from '../../test/support/http-exchange.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import type { Exchange, TestRef, Timed } from '../core/exchange.ts'
import type { JsonObject } from '../core/json.ts'
import type { Notation } from '../core/protocol.ts'
import type { HttpQuestion, HttpReply } from '../protocols/http/message.ts'
import { httpNotation } from '../protocols/http/notation.ts'
import { openCassettes } from './cassettes.ts'
import { openJournal, type JournalEvent } from './journal.ts'
import { readExchanges, runBodies } from './read-exchanges.ts'
import { tailJournal } from './tail-journal.ts'
import { readJournal } from './read-journal.ts'
import { latestRun, listRuns, newRun } from './runs.ts'
import { unsavedExchanges } from './unsaved-exchanges.ts'

const notations = () => httpNotation as Notation<unknown, unknown>
const test: TestRef = { file: 'a.test.ts', name: 'pays' }

function note(message: string, at = 1): JournalEvent {
  return { t: 'warning', at, code: 'X', message }
}

function ask(exchange: Exchange, more: Partial<Extract<JournalEvent, { t: 'ask' }>> = {}): JournalEvent {
  const { id, boundary, protocol, operation, effect, askedAt: at } = exchange
  return {
    t: 'ask',
    at,
    id,
    boundary,
    protocol,
    operation,
    effect,
    door: 'in-process',
    by: 'service',
    test,
    summary: '',
    ...more,
  }
}

function end(exchange: Exchange, more: Partial<Extract<JournalEvent, { t: 'end' }>> = {}): JournalEvent {
  const { id, durationMs, ending, askedAt } = exchange
  return { t: 'end', at: askedAt + durationMs, id, durationMs, ending, summary: '200', ok: true, ...more }
}

/** The notation of some of an exchange's messages. */
function content(
  exchange: Exchange<HttpQuestion, HttpReply>,
  messages: readonly Timed<HttpReply>[],
  directory: string,
): JsonObject {
  return httpNotation.write({ question: exchange.question, messages }, runBodies(directory))
}

/** The events of a shard whose process has ended: no such process id exists. */
function writeDeadShard(directory: string, events: readonly JournalEvent[]): string {
  const file = join(directory, '999999999-0.ndjson')
  const run: JournalEvent = { t: 'run', at: 1, version: 1, pid: 999_999_999, command: 'test' }
  writeFileSync(file, [run, ...events].map((event) => `${JSON.stringify(event)}\n`).join(''))
  return file
}

describe('a journal', () => {
  it('is on disk at once for what is urgent, with everything before it', () => {
    const directory = newRun(temporaryFolder()).directory
    const journal = openJournal(directory, 'vitest run')
    journal.write(note('soon'), 'soon')
    expect(readJournal(directory).events.map((e) => e.t)).toEqual(['run'])
    journal.write(note('now'), 'now')
    expect(readJournal(directory).events).toMatchObject([{ command: 'vitest run' }, note('soon'), note('now')])
    journal.close()
    journal.close()
    journal.write(note('too late'), 'now')
    expect(readJournal(directory).events.at(-1)).toMatchObject({ t: 'close' })
  })

  it('reaches the disk soon by itself, whatever a test does to the clock', async () => {
    vi.useFakeTimers()
    try {
      const directory = newRun(temporaryFolder()).directory
      const journal = openJournal(directory, 'test')
      journal.write(note('soon'), 'soon')
      vi.useRealTimers()
      await vi.waitFor(() => expect(readJournal(directory).events).toHaveLength(2), { timeout: 5_000, interval: 5 })
      journal.close()
    } finally {
      vi.useRealTimers()
    }
  })

  it('has one shard per opening, read in the order of time but never against the order of a shard', () => {
    const directory = newRun(temporaryFolder()).directory
    const [one, two] = [openJournal(directory, 'one'), openJournal(directory, 'two')]
    expect(one.file).not.toBe(two.file)
    const base = Date.now() + 1000
    one.write(note('first', base), 'now')
    two.write(note('second', base + 1), 'now')
    one.write(note('third', base + 2), 'now')
    one.write(note('fourth, its clock set back', base - 500), 'now')
    two.write(note('fifth', base + 3), 'now')
    const messages = readJournal(directory).events.flatMap((e) => (e.t === 'warning' ? [e.message] : []))
    expect(messages).toEqual(['first', 'second', 'third', 'fourth, its clock set back', 'fifth'])
    one.close()
    two.close()
  })

  it('is read in spite of a torn end, and counts lines that are bad elsewhere', () => {
    const directory = newRun(temporaryFolder()).directory
    const file = writeDeadShard(directory, [note('a')])
    appendFileSync(file, '{"t":"warn\n{"t":"from the future","at":1}\n\n')
    appendFileSync(file, `${JSON.stringify(note('b'))}\n{"t":"warning","at":1,"mess`)
    const { events, skipped } = readJournal(directory)
    expect(events.map((e) => e.t)).toEqual(['run', 'warning', 'warning'])
    expect(skipped).toBe(2)
    expect(readJournal(join(directory, 'missing'))).toEqual({ events: [], skipped: 0 })
  })

  it('is followed while it is written, each line once, and a torn end only when nothing more comes', () => {
    const directory = newRun(temporaryFolder()).directory
    const tail = tailJournal(directory)
    const read = (isOver?: boolean): unknown[] =>
      tail.read(isOver).flatMap(({ event }) => (event.t === 'warning' ? [event.message] : []))
    expect(read()).toEqual([])
    const file = writeDeadShard(directory, [note('a')])
    const half = JSON.stringify(note('ü')).slice(0, -1)
    appendFileSync(file, Buffer.from(half).subarray(0, -3))
    expect(read()).toEqual(['a'])
    appendFileSync(file, Buffer.from(half).subarray(-3))
    appendFileSync(file, `}\n{"t":"warn\n${JSON.stringify(note('b', 5))}\n${JSON.stringify(note('c'))}`)
    const last = tail.read()
    expect(last.map(({ at }) => at).toSorted((a, b) => a - b)).toEqual(last.map(({ at }) => at))
    expect(last.map(({ event }) => event)).toMatchObject([{ message: 'ü' }, { message: 'b' }])
    expect(read()).toEqual([])
    expect(read(true)).toEqual(['c'])
    expect(read(true)).toEqual([])
  })

  it('takes a line down in a few microseconds', () => {
    const directory = newRun(temporaryFolder()).directory
    const journal = openJournal(directory, 'test')
    const event = ask(httpExchange(), { by: 'cassette' })
    // What others have of the processor meanwhile does not count.
    const before = process.threadCpuUsage()
    for (let i = 0; i < 10_000; i++) journal.write(event, 'soon')
    const { user, system } = process.threadCpuUsage(before)
    expect((user + system) / 10_000).toBeLessThan(20)
    journal.close()
    expect(readJournal(directory).events).toHaveLength(10_002)
  })
})

describe('exchanges read from a journal', () => {
  const exchange = { ...httpExchange({ id: 'x', test, body: 'b'.repeat(100_000), ending: 'abandoned' }) }
  const [head, data] = exchange.messages as [Timed<HttpReply>, Timed<HttpReply>]

  it('are put together from their question and parts', () => {
    const { directory } = newRun(temporaryFolder())
    writeDeadShard(directory, [
      ask(exchange, { content: content(exchange, [], directory) }),
      { t: 'part', at: exchange.askedAt + 1, id: 'x', content: content(exchange, [head], directory) },
      end(exchange, { content: content(exchange, [data], directory) }),
    ])
    const [read] = readExchanges(directory, notations)
    expect({ ...read, messages: [] }).toEqual({ ...exchange, messages: [] })
    expect(read!.messages.map((m) => m.message)).toEqual([head.message, { type: 'data', bytes: expect.anything() }])
    expect(bodyText(read!)).toBe('b'.repeat(100_000))
  })

  it('are open when they never ended, and left out when nothing of them is known', () => {
    const { directory } = newRun(temporaryFolder())
    const part: JournalEvent = {
      t: 'part',
      at: exchange.askedAt + 40,
      id: 'x',
      content: content(exchange, [head], directory),
    }
    writeDeadShard(directory, [ask(exchange), part, ask({ ...exchange, id: 'y' })])
    const read = readExchanges(directory, notations)
    expect(read.map((e) => [e.id, e.ending, e.durationMs, e.messages.length])).toEqual([['x', 'open', 40, 1]])
  })

  it('come from their cassette when they were replayed', () => {
    const project = temporaryFolder()
    const { directory } = newRun(project)
    openCassettes(join(project, 'cassettes'), notations).save(test, [httpExchange({ id: 'r1' })], 'replace')
    const cassette = openCassettes(join(project, 'cassettes'), notations)
      .path(test)
      .slice(project.length + 1)
    writeDeadShard(directory, [
      ask(exchange, { by: 'cassette', cassette }),
      end(exchange, { recorded: 'r1' }),
      ask({ ...exchange, id: 'gone' }, { by: 'cassette', cassette }),
      end({ ...exchange, id: 'gone' }, { recorded: 'r2' }),
    ])
    const [found, gone] = readExchanges(directory, notations)
    expect(bodyText(found!)).toBe('{"ok":true}')
    expect(() => gone!.messages).toThrow(expect.objectContaining({ code: 'MORTAR_CASSETTE_UNREADABLE' }))
  })
})

describe('a run that was killed while it recorded', () => {
  const [saved, unsaved] = ['saved', 'unsaved'].map((id) => httpExchange({ id, askedAt: id === 'saved' ? 100 : 300 }))
  const other = httpExchange({ id: 'other', askedAt: 300 })
  const events = (directory: string): JournalEvent[] => [
    ask(saved!, { cassette: 'c/a.json' }),
    end(saved!, { content: content(saved!, saved!.messages, directory) }),
    { t: 'saved', at: 200, cassette: 'c/a.json', exchanges: 1, redactions: 0 },
    ask(unsaved!, { cassette: 'c/a.json' }),
    end(unsaved!, { content: content(unsaved!, unsaved!.messages, directory) }),
    ask(other, { cassette: 'c/b.json', test: null, content: content(other, [], directory) }),
    { t: 'part', at: 310, id: 'other', content: content(other, other.messages.slice(0, 1), directory) },
    ask(httpExchange({ id: 'only asked' }), { cassette: 'c/b.json', content: content(other, [], directory) }),
    ask(httpExchange({ id: 'replayed' }), { cassette: 'c/a.json', by: 'cassette' }),
    ask(httpExchange({ id: 'live' }), { content: content(other, [], directory) }),
  ]

  it('has exchanges that can still be saved, by cassette', () => {
    const { directory } = newRun(temporaryFolder())
    writeDeadShard(directory, events(directory))
    const found = unsavedExchanges(directory, notations)
    expect(found.map((group) => [group.cassette, group.test, group.exchanges.map((e) => [e.id, e.ending])])).toEqual([
      ['c/a.json', test, [['unsaved', 'complete']]],
      ['c/b.json', null, [['other', 'open']]],
    ])
    expect(bodyText(found[0]!.exchanges[0]!)).toBe('{"ok":true}')
  })

  it('has none once it ended in order, or while it runs', () => {
    const { directory } = newRun(temporaryFolder())
    const file = writeDeadShard(directory, [...events(directory), { t: 'close', at: 900 }])
    expect(unsavedExchanges(directory, notations)).toEqual([])
    const lines = readFileSync(file, 'utf8').split('\n')
    const running: JournalEvent = { t: 'run', at: Date.now(), version: 1, pid: process.pid, command: '' }
    writeFileSync(file, [JSON.stringify(running), ...lines.slice(1, -2), ''].join('\n'))
    expect(unsavedExchanges(directory, notations)).toEqual([])
  })
})

describe('runs', () => {
  it('sort by their start, and only the last 20 and those still being written stay', () => {
    const project = temporaryFolder()
    expect(latestRun(project)).toBeUndefined()
    const first = newRun(project)
    const journal = openJournal(first.directory, 'still running')
    const later = Array.from({ length: 22 }, () => newRun(project).id)
    expect(later).toEqual(later.toSorted())
    expect(first.id).toMatch(/^\d{8}T\d{6}-[0-9a-f]{4}$/)
    expect(listRuns(project).map((run) => run.id)).toEqual([first.id, ...later.slice(-20)])
    expect(latestRun(project)?.id).toBe(later.at(-1))
    journal.close()
    expect(readFileSync(join(project, '.mortar', '.gitignore'), 'utf8')).toBe('*\n')
  })
})
