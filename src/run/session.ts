import { relative, sep } from 'node:path'
import type { RecordMode } from '../core/boundary.ts'
import { MortarError } from '../core/errors.ts'
import type { Exchange, TestRef } from '../core/exchange.ts'
import type { Peer } from '../core/peer.ts'
import { answerBy } from '../modes/answer.ts'
import { capture, type Recorder } from '../modes/capture.ts'
import type { Armed } from '../modes/faults/fault-set.ts'
import { createPeerFaults, type PeerFault, type PeerFaultSet } from '../modes/faults/peer-faults.ts'
import { play } from '../modes/replay.ts'
import { makeTape, type Recording as Recorded, type Tape } from '../modes/tape.ts'
import type { Door } from '../store/journal-event.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import { journalReplay, warnIfStale } from './journal-replay.ts'
import { recordModeOf } from './record-mode.ts'
import { type ExchangeRecorder, type Kept, makeRecorder } from './recorder.ts'
import { reportMiss } from './report-miss.ts'
import type { RunContext } from './run-context.ts'
import { saveSession, type SessionResult } from './save-session.ts'
import { realClearTimeout, realNow, realSetTimeout } from '../core/real-clock.ts'
import { unknownHint } from './unknown-hint.ts'

export type { SessionResult } from './save-session.ts'

/** What crosses the boundaries in one test: which cassette answers, what is recorded, and what went wrong. */
export interface Session {
  readonly test: TestRef | null
  /** Answers questions at one boundary, by the session's mode. */
  peer(boundary: AttachedBoundary, origin: string, door: Door): Peer<AnyQuestion, unknown>
  /**
   * Takes down what is carried to a server of ours at one boundary.
   *
   * @param disturbed - Whether it is made to fail just now.
   */
  carried(boundary: AttachedBoundary, door: Door, disturbed: () => boolean): Recorder<AnyQuestion, unknown>
  /** Notes a call to an address of no boundary. @returns The error it is to fail with; `undefined` to let it pass. */
  unknown(address: string): MortarError | undefined
  /** Overrides the record mode for what is asked from now on. */
  record(mode: RecordMode): void
  /**
   * Replays from one more cassette: a path below the cassette folder, with or without `.json`.
   *
   * @throws MortarError `MORTAR_CASSETTE_UNREADABLE` when there is none
   */
  use(cassette: string): void
  /** Misses and unknown destinations so far: the test that made them fails, whatever became of the errors. */
  readonly failures: readonly MortarError[]
  /** The exchanges recorded from real services so far, redacted. */
  recorded(): readonly Exchange[]
  /** What has crossed a boundary so far, redacted, whether it is recorded, replayed or neither. */
  taken(boundary: string): readonly Exchange[]
  /** Arms a fault at a boundary whose service is asked, until the session is closed. */
  arm(boundary: string, fault: PeerFault<AnyQuestion>): Armed
  /** Ends every fault that was armed here. */
  disarm(): void
  /** How many questions at a boundary its service has lately been asked and has not begun to answer. */
  unanswered(boundary: string): number
  /** Waits a moment for answers whose head has been read and whose rest has not: they are to be recorded whole. */
  settle(): Promise<void>
  /** Ends the session and saves what was recorded. What a failed test recorded is not saved. */
  /** With `stopped`, by a signal, what was not answered to the end is left out. */
  close(outcome: { readonly passed: boolean; readonly stopped?: boolean }): SessionResult
}

/** One question as it was asked, before anybody has answered it. */
export interface AskedQuestion {
  readonly boundary: AttachedBoundary
  readonly operation: string
  readonly question: AnyQuestion
  /** A fault struck it. */
  readonly struck: boolean
}

/** How a session differs from that of a test which runs once, as itself. */
export interface SessionOptions {
  readonly mode?: RecordMode
  /** The test as the journal is to name it; its cassette is that of the test. */
  readonly as?: TestRef
  /** Nothing is recorded, the last recording answers again and again, and only what is `live` is asked for real. */
  readonly rehearsal?: boolean
  /** Path of a cassette that answers as well. */
  readonly besides?: string
  /** Hears of each question to a service that is asked, and not carried, before it is answered. */
  readonly onAsk?: (asked: AskedQuestion) => void
  /** Hears that a question is carried to a server of ours. */
  readonly onCarried?: () => void
  /** The line of the program that asks a server of ours now, where that is known. */
  readonly siteNow?: () => string | undefined
}

/** Opens a session for one test, which has a cassette of its own. */
export function openSession(run: RunContext, test: TestRef, options: SessionOptions = {}): Session {
  return new TestSession(run, options.as ?? test, test, options)
}

/**
 * Opens a session for what happens outside of tests.
 *
 * @param cassette - The name of its cassette: a path below the cassette folder, without `.json`.
 */
export function openOutsideSession(run: RunContext, cassette: string, options: SessionOptions = {}): Session {
  return new TestSession(run, options.as ?? null, { file: '', name: cassette }, options)
}

/** How long an answer that nobody reads may take to be whole before it is recorded as it is, milliseconds. */
const settleMs = 200

/** What is taken down at one boundary, and what becomes of it. */
interface Recording {
  readonly boundary: AttachedBoundary
  readonly recorder: ExchangeRecorder
  readonly mode: RecordMode
}

class TestSession implements Session {
  readonly test: TestRef | null
  readonly failures: MortarError[] = []
  readonly #run: RunContext
  readonly #peers = new Map<string, Peer<AnyQuestion, unknown>>()
  readonly #recorders: Recording[] = []
  readonly #carried = new Map<AttachedBoundary, ExchangeRecorder>()
  readonly #tapes = new Map<string, Tape<AnyQuestion, unknown>>()
  readonly #used: string[] = []
  readonly #replayed: Exchange[] = []
  readonly #unknown = new Set<string>()
  readonly #warned = new Set<string>()
  readonly #own: string
  /** What the cassette is of. */
  readonly #ref: TestRef
  readonly #over = new AbortController()
  readonly #faults = new Map<string, PeerFaultSet<AnyQuestion, unknown>>()
  readonly #options: SessionOptions
  /** Set once something goes wrong on purpose: nothing is recorded, and a retry gets the last recording again. */
  #rehearses: boolean
  #mode: RecordMode | undefined
  #recordings: readonly Recorded<AnyQuestion, unknown>[] | undefined

  constructor(run: RunContext, test: TestRef | null, ref: TestRef, options: SessionOptions) {
    this.#run = run
    this.test = test
    this.#ref = ref
    this.#options = options
    this.#rehearses = options.rehearsal ?? false
    this.#mode = options.mode
    this.#own = run.cassettes.path(ref)
  }

  peer(boundary: AttachedBoundary, origin: string, door: Door): Peer<AnyQuestion, unknown> {
    const key = `${door} ${boundary.name} ${origin}`
    let peer = this.#peers.get(key)
    if (!peer) {
      peer = this.#disturbable(boundary, this.#attach(boundary, origin, door))
      this.#peers.set(key, peer)
    }
    return peer
  }

  carried(boundary: AttachedBoundary, door: Door, disturbed: () => boolean): Recorder<AnyQuestion, unknown> {
    let recorder = this.#carried.get(boundary)
    if (!recorder) {
      recorder = this.#record(boundary, door, recordModeOf(this.#run.config, boundary.input), disturbed)
      this.#carried.set(boundary, recorder)
    }
    const { onCarried } = this.#options
    if (!onCarried) return recorder
    const { open, ...others } = recorder
    return {
      ...others,
      open(question) {
        onCarried()
        return open(question)
      },
    }
  }

  unknown(address: string): MortarError | undefined {
    const policy = this.#run.config.unknown
    if (!this.#unknown.has(address) || policy === 'error') {
      this.#unknown.add(address)
      this.#run.journal.write({ t: 'unknown', at: realNow(), address, test: this.test, policy }, 'soon')
    }
    if (policy === 'passthrough') return undefined
    const error = new MortarError('MORTAR_UNKNOWN_DESTINATION', `${address} belongs to no boundary`, {
      where: this.test ? `${this.test.file} > ${this.test.name}` : 'outside of tests',
      hint: unknownHint(address),
    })
    this.failures.push(error)
    return error
  }

  record(mode: RecordMode): void {
    this.#mode = mode
    this.#peers.clear()
  }

  use(cassette: string): void {
    this.#used.push(this.#run.cassettes.find(cassette))
    this.#recordings = undefined
    this.#tapes.clear()
    this.#peers.clear()
  }

  recorded(): readonly Exchange[] {
    return this.#kept(({ mode }) => mode !== 'live').map(({ exchange }) => exchange as Exchange)
  }

  taken(name: string): readonly Exchange[] {
    const kept = this.#kept(({ boundary }) => boundary.name === name).map(({ exchange }) => exchange as Exchange)
    const replayed = this.#replayed.filter(({ boundary }) => boundary === name)
    return [...kept, ...replayed].sort((a, b) => a.askedAt - b.askedAt)
  }

  arm(boundary: string, fault: PeerFault<AnyQuestion>): Armed {
    if (!this.#rehearses) {
      this.#rehearses = true
      this.#tapes.clear()
      this.#peers.clear()
    }
    let faults = this.#faults.get(boundary)
    if (!faults) {
      faults = createPeerFaults(this.#run.boundaries.find(({ name }) => name === boundary)?.input)
      this.#faults.set(boundary, faults)
    }
    return faults.arm(fault as PeerFault<AnyQuestion, unknown>)
  }

  disarm(): void {
    for (const faults of this.#faults.values()) faults.disarmAll()
  }

  unanswered(name: string): number {
    const asked = this.#recorders.filter(({ boundary }) => boundary.name === name)
    return asked.reduce((sum, { recorder }) => sum + recorder.unanswered(), 0)
  }

  async settle(): Promise<void> {
    // Connections to servers of ours outlive tests, and what they carry is whole as it is.
    const asked = this.#recorders.filter(({ boundary }) => !boundary.wire)
    const settled = Promise.all(asked.map(({ recorder }) => recorder.settled()))
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = realSetTimeout(resolve, settleMs)
    await Promise.race([settled, late])
    realClearTimeout(timer)
  }

  close({ passed, stopped = false }: { readonly passed: boolean; readonly stopped?: boolean }): SessionResult {
    this.#over.abort()
    this.disarm()
    // A subscription outlives the test, and perhaps not its process.
    for (const { recorder } of this.#recorders) recorder.writeDown()
    const whole = (kept: Kept[]): Kept[] =>
      stopped ? kept.filter(({ exchange }) => exchange.ending === 'complete') : kept
    return saveSession(this.#run, {
      test: this.#ref,
      passed: passed && this.failures.length === 0,
      replaced: whole(this.#kept(({ mode }) => mode === 'all')),
      added: whole(this.#kept(({ mode }) => mode === 'once' || mode === 'new')),
    })
  }

  #kept(wanted: (recording: Recording) => boolean): Kept[] {
    return this.#recorders
      .flatMap((recording) => (wanted(recording) ? recording.recorder.kept() : []))
      .sort((a, b) => a.exchange.askedAt - b.exchange.askedAt)
  }

  #disturbable(boundary: AttachedBoundary, peer: Peer<AnyQuestion, unknown>): Peer<AnyQuestion, unknown> {
    return (question, signal) => {
      const faults = this.#faults.get(boundary.name)
      const { onAsk } = this.#options
      if (!faults && !onAsk) return peer(question, signal)
      const { name: operation, effect } = boundary.protocol.describe(question)
      const struck = faults?.strike({ operation, effect, fingerprint: operation }, question, peer)
      onAsk?.({ boundary, operation, question, struck: struck?.struck !== undefined })
      return (struck?.peer ?? peer)(question, signal)
    }
  }

  /** What is recorded while something goes wrong would be taken for the truth, and no service is to hear of a cell. */
  #modeOf(boundary: AttachedBoundary): RecordMode {
    const mode = recordModeOf(this.#run.config, boundary.input, this.#mode)
    if (!this.#rehearses || mode === 'none' || mode === 'live') return mode
    return this.#options.rehearsal || (mode !== 'all' && this.#load().length > 0) ? 'none' : 'live'
  }

  #attach(boundary: AttachedBoundary, origin: string, door: Door): Peer<AnyQuestion, unknown> {
    const mode = this.#modeOf(boundary)
    const recorder = this.#record(boundary, door, mode)
    const service = boundary.live(origin)
    // What is still coming when the run is over must not keep the process alive.
    const untilOver: typeof service = (question, signal) => service(question, AbortSignal.any([signal, this.#run.over]))
    const live = capture(untilOver, recorder)
    if (mode === 'all' || mode === 'live') return live
    return answerBy<AnyQuestion, unknown>(mode, {
      live,
      hasCassette: this.#load().length > 0,
      recorded: (question, signal) => this.#replay(boundary, door, question, signal),
      miss: (question) => this.#miss(boundary, question, mode),
    })
  }

  #record(
    boundary: AttachedBoundary,
    door: Door,
    mode: RecordMode,
    disturbed: () => boolean = () => false,
  ): ExchangeRecorder {
    const { siteNow } = this.#options
    const { config, journal, files, recordingRedactor: redactor, nextId } = this.#run
    const recorder = makeRecorder({
      boundary,
      door,
      test: this.test,
      journal,
      files,
      redactor,
      cassette: mode === 'live' ? undefined : relative(config.directory, this.#own).split(sep).join('/'),
      nextId,
      disturbed,
      ...(boundary.wire && siteNow && { siteNow }),
    })
    this.#recorders.push({ boundary, recorder, mode })
    return recorder
  }

  #replay(
    boundary: AttachedBoundary,
    door: Door,
    question: AnyQuestion,
    signal: AbortSignal,
  ): AsyncIterable<unknown> | undefined {
    const asked = this.#redact(boundary, question)
    const recording = this.#tape(boundary).take(asked)
    if (!recording) return undefined
    journalReplay(this.#run, { boundary, door, test: this.test, recording, asked })
    const { exchange } = recording
    if (this.test) this.#replayed.push({ ...exchange, test: this.test, askedAt: realNow(), question: asked })
    warnIfStale(this.#run, boundary, recording, this.#warned)
    const pace = boundary.input.pace ?? 'instant'
    const departure = (sent: unknown, recorded: unknown): MortarError => {
      const error = new MortarError(
        'MORTAR_MISS',
        `the client went on otherwise than in ${recording.exchange.operation}`,
        {
          where: recording.cassette,
          expected: boundary.protocol.outcome([recorded]).summary,
          seen: sent === undefined ? 'the end of the connection' : boundary.protocol.outcome([sent]).summary,
        },
      )
      this.failures.push(error)
      return error
    }
    const cut = (): MortarError =>
      new MortarError(
        'MORTAR_RECORDING_CUT',
        `the recording of ${recording.exchange.operation} ends before the answer does`,
        {
          where: recording.cassette,
        },
      )
    return play(boundary.protocol, recording, question, signal, { pace, departure, cut, over: this.#over.signal })
  }

  #miss(boundary: AttachedBoundary, question: AnyQuestion, mode: RecordMode): MortarError {
    const error = reportMiss(this.#run, {
      boundary,
      asked: this.#redact(boundary, question),
      mode,
      test: this.test,
      candidates: this.#tape(boundary).candidates(),
      searched: [this.#own, ...this.#used],
    })
    this.failures.push(error)
    return error
  }

  #tape(boundary: AttachedBoundary): Tape<AnyQuestion, unknown> {
    let tape = this.#tapes.get(boundary.name)
    if (!tape) {
      const mine = this.#load().filter(({ exchange }) => exchange.boundary === boundary.name)
      const repeat = this.#rehearses ? 'last' : (boundary.input.repeat ?? 'none')
      tape = makeTape(boundary.protocol, mine, { repeat })
      this.#tapes.set(boundary.name, tape)
    }
    return tape
  }

  #load(): readonly Recorded<AnyQuestion, unknown>[] {
    const { besides } = this.#options
    this.#recordings ??= this.#run.recordings([this.#own, ...(besides === undefined ? [] : [besides]), ...this.#used])
    return this.#recordings
  }

  #redact(boundary: AttachedBoundary, question: AnyQuestion): AnyQuestion {
    const redactor = this.#run.matchingRedactor
    const redacted = boundary.protocol.redact({ question, messages: [] }, redactor).question
    if (redacted !== question) redactor.take()
    return redacted
  }
}
