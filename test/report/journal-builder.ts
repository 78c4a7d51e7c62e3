import type { TestRef } from '../../src/core/exchange.ts'
import type { JournalEvent } from '../../src/store/journal-event.ts'

type Event<T extends JournalEvent['t']> = Extract<JournalEvent, { t: T }>

/** 2026-03-01 12:00 UTC; the time at which built journals begin. */
export const start: number = Date.UTC(2026, 2, 1, 12)

export const day = 86_400_000

/** Builds journals by hand, with a clock that goes one millisecond further with each event unless told otherwise. */
export class JournalBuilder {
  readonly events: JournalEvent[] = []
  now: number = start
  #ids = 0

  test(name: string, state: 'passed' | 'failed' | 'skipped', body?: (test: TestRef) => void, error?: string): this {
    const test = { file: 'test/bot.test.ts', name }
    const from = this.now
    if (state !== 'skipped') this.#add({ t: 'test', at: this.now, test, state: 'start' })
    body?.(test)
    const result = { t: 'test', at: this.now, test, state, durationMs: this.now - from } as const
    this.#add(error === undefined ? result : { ...result, error })
    return this
  }

  exchange(test: TestRef | null, ask: Partial<Event<'ask'>> = {}, end: Partial<Event<'end'>> | null = {}): this {
    const id = ask.id ?? `x${++this.#ids}`
    const operation = ask.operation ?? 'GET /repos/a/b'
    this.#add({
      t: 'ask',
      at: this.now,
      id,
      boundary: 'github',
      protocol: 'http',
      operation,
      effect: false,
      door: 'in-process',
      by: 'cassette',
      test,
      cassette: 'cassettes/bot.json',
      summary: operation.replace(' ', ' https://api.github.com'),
      ...ask,
    })
    if (end !== null) {
      const durationMs = end.durationMs ?? 2
      this.now += durationMs
      this.#add({
        t: 'end',
        at: this.now,
        id,
        durationMs,
        ending: 'complete',
        summary: '200 OK, 2.1 kB',
        ok: true,
        ...end,
      })
    }
    return this
  }

  miss(test: TestRef | null, miss: Partial<Event<'miss'>> = {}): this {
    this.#add({
      t: 'miss',
      at: this.now,
      boundary: 'github',
      operation: 'POST /repos/a/b/labels',
      test,
      cause: 'different body',
      explanation: [
        'No recording answers POST https://api.github.com/repos/a/b/labels',
        '',
        'closest: cassettes/bot.json, exchange 4',
        '  body.labels[0]   asked "bug"   recorded "defect"',
        '',
        "ignore it with: match: { ignore: ['body.labels[*]'] }",
      ].join('\n'),
      ...miss,
    })
    return this
  }

  unknown(
    test: TestRef | null,
    address = 'https://telemetry.example.com',
    policy: 'error' | 'passthrough' = 'error',
  ): this {
    this.#add({ t: 'unknown', at: this.now, address, test, policy })
    return this
  }

  warning(code: string, message: string): this {
    this.#add({ t: 'warning', at: this.now, code, message })
    return this
  }

  saved(cassette: string, exchanges: number, redactions: number): this {
    this.#add({ t: 'saved', at: this.now, cassette, exchanges, redactions })
    return this
  }

  #add(event: JournalEvent): void {
    this.events.push(event)
    this.now++
  }
}
