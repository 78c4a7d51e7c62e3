import type { ErrorCode } from '../core/error-codes.ts'
import type { OpenExchange, Recorder } from '../modes/capture.ts'
import type { Ending, Exchange, Timed, TestRef } from '../core/exchange.ts'
import type { BodyFiles, Content, FailureKind } from '../core/protocol.ts'
import type { Redaction, Redactor } from '../core/redaction.ts'
import type { Door, Journal, Urgency } from '../store/journal.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import { realClearTimeout, realElapsed, realNow, realSetTimeout } from '../core/real-clock.ts'

/** An exchange as it is kept: redacted, with what was replaced. */
export interface Kept {
  readonly exchange: Exchange<AnyQuestion, unknown>
  readonly redactions: readonly Redaction[]
}

/** What a recorder needs to know besides the boundary. */
export interface RecorderOptions {
  readonly boundary: AttachedBoundary
  readonly door: Door
  readonly test: TestRef | null
  readonly journal: Journal
  readonly files: BodyFiles
  readonly redactor: Redactor
  /** The cassette into which it will be saved, relative to the project; `undefined` when it will not. */
  readonly cassette: string | undefined
  readonly nextId: () => string
  /** Whether the service is made to fail just now, so that its failures need no warning. */
  readonly disturbed?: () => boolean
  /** The line of the program that asks now, where that is known. */
  readonly siteNow?: () => string | undefined
}

/** Exchanges that are being taken down at one boundary in one test. */
export interface ExchangeRecorder extends Recorder<AnyQuestion, unknown> {
  /**
   * In the order they were asked; those that have not ended are kept as they are now. With neither test nor cassette
   * there are none: a proxy may pass exchanges through for hours.
   */
  kept(): Kept[]
  /** Resolves when every answer that has begun is whole. */
  settled(): Promise<unknown>
  /** Has in the journal what has come so far of exchanges that have not ended. */
  writeDown(): void
  /** How many were asked lately and have had no answer, not even its beginning. */
  unanswered(): number
}

const failureCodes: Readonly<Record<FailureKind, ErrorCode>> = {
  unreachable: 'MORTAR_UPSTREAM_UNREACHABLE',
  timeout: 'MORTAR_UPSTREAM_TIMEOUT',
  reset: 'MORTAR_UPSTREAM_RESET',
  malformed: 'MORTAR_UPSTREAM_MALFORMED',
}

/** A long answer is journalled in parts this often, milliseconds. */
const partEveryMs = 500

/** Who has had no answer for so long has asked for something that may never come, milliseconds. */
const answerWithinMs = 2000

/** What a cassette keeps of one answer of a server of ours, bytes. */
export const keptOfAnswers: number = 1 << 20

/** Takes exchanges down in the journal as they happen, redacted, and keeps them for the cassette. */
export function makeRecorder(options: RecorderOptions): ExchangeRecorder {
  const all: GrowingExchange[] = []
  return {
    ...(options.cassette !== undefined && { keepBytes: keptOfAnswers }),
    open(question) {
      const exchange = new GrowingExchange(options, question)
      if (options.cassette !== undefined || options.test) all.push(exchange)
      return exchange
    },
    kept: () => all.map((exchange) => exchange.keep()),
    settled: () => Promise.all(all.map((exchange) => exchange.ended)),
    writeDown: () => {
      for (const exchange of all) exchange.writeDown()
    },
    unanswered: () => all.filter((exchange) => exchange.isUnanswered()).length,
  }
}

class GrowingExchange implements OpenExchange<unknown> {
  readonly #options: RecorderOptions
  readonly #id: string
  readonly #askedAt = realNow()
  readonly #started = realElapsed()
  readonly #question: AnyQuestion
  readonly #operation: { name: string; effect: boolean }
  /** A recording must survive its process; what only passes through need not be waited for. */
  readonly #urgency: Urgency
  #messages: Timed<unknown>[] = []
  #journalled = 0
  #timer: NodeJS.Timeout | undefined
  #kept: Kept | undefined
  readonly #ended = Promise.withResolvers<void>()
  readonly ended: Promise<void> = this.#ended.promise

  constructor(options: RecorderOptions, question: AnyQuestion) {
    this.#options = options
    this.#id = options.nextId()
    const { incoming: _later, ...asked } = question
    this.#question = asked
    const { boundary, door, test, journal, cassette, files } = options
    this.#operation = boundary.protocol.describe(asked)
    this.#urgency = cassette === undefined ? 'soon' : 'now'
    const { content } = this.#redact([])
    const site = options.siteNow?.()
    journal.write(
      {
        t: 'ask',
        at: this.#askedAt,
        id: this.#id,
        boundary: boundary.name,
        protocol: boundary.protocol.name,
        operation: this.#operation.name,
        effect: this.#operation.effect,
        door,
        by: 'service',
        test,
        ...(cassette !== undefined && { cassette }),
        ...(site !== undefined && { site }),
        summary: boundary.protocol.summarize(content.question),
        content: boundary.protocol.notation.write(content, files),
      },
      this.#urgency,
    )
  }

  isUnanswered(): boolean {
    if (this.#kept || realElapsed() - this.#started > answerWithinMs) return false
    return !this.#messages.some(({ from }) => from === 'service')
  }

  message(from: 'client' | 'service', message: unknown): void {
    if (this.#kept) return
    this.#messages.push({ ms: realElapsed() - this.#started, from, message })
    this.#timer ??= realSetTimeout(() => this.#writePart(), partEveryMs).unref()
  }

  /** Has in the journal what has come so far. */
  writeDown(): void {
    if (this.#kept || this.#timer === undefined) return
    realClearTimeout(this.#timer)
    this.#writePart()
  }

  close(left: Ending): void {
    if (this.#kept) return
    this.#ended.resolve()
    realClearTimeout(this.#timer)
    const durationMs = realElapsed() - this.#started
    const { boundary, journal, files } = this.#options
    const last = boundary.protocol.outcome(this.#messages.map(({ message }) => message))
    // Nothing comes after a failure, so whoever stops reading there has not given up.
    const ending = last.failure ? 'complete' : left
    this.#kept = this.#finish(ending, durationMs)
    const { messages } = this.#kept.exchange
    const site = messages.at(-1)?.from === 'client' ? this.#options.siteNow?.() : undefined
    if (last.failure && !this.#options.disturbed?.()) {
      const code = failureCodes[last.failure]
      const message = `${boundary.name}: ${boundary.protocol.summarize(this.#kept.exchange.question)}: ${last.summary}`
      journal.write({ t: 'warning', at: realNow(), code, message }, 'now')
    }
    journal.write(
      {
        t: 'end',
        at: realNow(),
        id: this.#id,
        durationMs,
        ending,
        summary: ending === 'abandoned' ? `${last.summary}, given up by the client` : last.summary,
        ok: last.ok && ending !== 'abandoned',
        ...(site !== undefined && { site }),
        content: boundary.protocol.notation.write(
          { question: this.#kept.exchange.question, messages: messages.slice(this.#journalled) },
          files,
        ),
      },
      this.#urgency,
    )
  }

  keep(): Kept {
    return this.#kept ?? this.#finish('open', realElapsed() - this.#started)
  }

  #finish(ending: Ending, durationMs: number): Kept {
    const { boundary, test } = this.#options
    const { content, redactions } = this.#redact(this.#messages)
    const exchange: Exchange<AnyQuestion, unknown> = {
      id: this.#id,
      boundary: boundary.name,
      protocol: boundary.protocol.name,
      operation: this.#operation.name,
      effect: this.#operation.effect,
      test,
      askedAt: this.#askedAt,
      durationMs,
      ...content,
      ending,
    }
    return { exchange, redactions }
  }

  #writePart(): void {
    this.#timer = undefined
    const { journal, boundary, files } = this.#options
    const { content } = this.#redact(this.#messages.slice(this.#journalled))
    this.#journalled = this.#messages.length
    journal.write(
      { t: 'part', at: realNow(), id: this.#id, content: boundary.protocol.notation.write(content, files) },
      this.#urgency,
    )
  }

  #redact(messages: readonly Timed<unknown>[]): {
    content: Content<AnyQuestion, unknown>
    redactions: readonly Redaction[]
  } {
    const { redactor, boundary } = this.#options
    redactor.take()
    const content = boundary.protocol.redact({ question: this.#question, messages }, redactor)
    return { content, redactions: redactor.take() }
  }
}
