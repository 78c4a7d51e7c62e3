import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalEvent } from './journal-event.ts'
import { realClearTimeout, realNow, realSetTimeout } from '../core/real-clock.ts'
import { writeFailed } from '../files/write-whole.ts'

export type { Door, JournalEvent } from './journal-event.ts'

/**
 * - `now`: the line is with the operating system when the call returns, and survives whatever kills this process.
 *   For recordings.
 * - `soon`: within 50 ms, or when the process exits by itself. For the hot path of replay.
 */
export type Urgency = 'now' | 'soon'

/** Takes down the events of one process. */
export interface Journal {
  /** Absolute path of this process's shard. */
  readonly file: string
  /**
   * Adds a line, after all earlier ones. An event must not change any more once it was handed over. After `close`
   * nothing is written.
   *
   * @throws MortarError `MORTAR_WRITE_FAILED`, also for earlier lines that could not be written
   */
  write(event: JournalEvent, urgency: Urgency): void
  /**
   * All lines so far are with the operating system when it returns.
   *
   * @throws MortarError `MORTAR_WRITE_FAILED`
   */
  flush(): void
  /** Writes what is left and a `close` line, and closes the shard. Doing it again does nothing. */
  close(): void
}

/** Version of the journal's lines, in its `run` line. */
export const journalVersion = 1

const flushEveryMs = 50
const flushAt = 8_192
const open = new Set<ShardJournal>()

/**
 * Starts this process's shard of a run's journal: `<run>/<pid>-<n>.ndjson`, which begins with a `run` line.
 *
 * @param command - What is being run, for people.
 * @throws MortarError `MORTAR_WRITE_FAILED`
 */
export function openJournal(runDirectory: string, command: string): Journal {
  const journal = new ShardJournal(runDirectory)
  journal.write({ t: 'run', at: realNow(), version: journalVersion, pid: process.pid, command }, 'now')
  if (open.size === 0) process.on('exit', flushAll)
  open.add(journal)
  return journal
}

class ShardJournal implements Journal {
  readonly file: string
  readonly #handle: number
  #waiting: JournalEvent[] = []
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #torn = false
  #failure: Error | undefined

  constructor(runDirectory: string) {
    const { file, handle } = openShard(runDirectory)
    this.file = file
    this.#handle = handle
  }

  write(event: JournalEvent, urgency: Urgency): void {
    if (this.#failure) this.#throwFailure(this.#failure)
    if (this.#closed) return
    const length = this.#waiting.push(event)
    if (urgency === 'now' || length >= flushAt) this.flush()
    else this.#timer ??= realSetTimeout(() => this.flushQuietly(), flushEveryMs).unref()
  }

  close(): void {
    if (this.#closed) return
    try {
      this.write({ t: 'close', at: realNow() }, 'now')
    } finally {
      this.#closed = true
      open.delete(this)
      if (open.size === 0) process.off('exit', flushAll)
      closeSync(this.#handle)
    }
  }

  flush(): void {
    realClearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#closed || this.#waiting.length === 0) return
    const events = this.#waiting
    this.#waiting = []
    let text = this.#torn ? '\n' : ''
    for (const event of events) text += `${JSON.stringify(event)}\n`
    const bytes = Buffer.from(text)
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(this.#handle, bytes, written)
      this.#torn = false
    } catch (cause) {
      // The next line must not be joined to what is left of this one.
      this.#torn ||= written > 0
      throw writeFailed(this.file, cause)
    }
  }

  /** For moments at which nobody could catch the error; the next `write` throws it. */
  flushQuietly(): void {
    try {
      this.flush()
    } catch (error) {
      this.#failure = error as Error
    }
  }

  #throwFailure(failure: Error): never {
    this.#failure = undefined
    throw failure
  }
}

function flushAll(): void {
  for (const journal of open) journal.flushQuietly()
}

function openShard(runDirectory: string): { readonly file: string; readonly handle: number } {
  for (let n = 0; ; n++) {
    const file = join(runDirectory, `${process.pid}-${n}.ndjson`)
    try {
      if (n === 0) mkdirSync(runDirectory, { recursive: true })
      return { file, handle: openSync(file, 'ax') }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailed(file, error)
    }
  }
}
