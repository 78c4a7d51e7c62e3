import { type Case, type Difference, isHard } from '../case.ts'
import type { JudgedCell } from '../findings.ts'
import { quote } from './fault-code.ts'
import type { TestStyle } from './test-style.ts'

/** What a suggested test does once the fault is armed. */
export interface Assertions {
  /** From running what the existing test does on. */
  readonly lines: readonly string[]
  /** Lines that stand before the fault is armed. */
  readonly before?: readonly string[]
  /** The fault's own handle is looked at. */
  readonly usesFault?: true
  /** How long the test may take, milliseconds. */
  readonly timeoutMs?: number
}

const anyEnd = 'await asItIs().catch(() => {})'
const outcome = 'const error = await asItIs().then(() => undefined, (cause) => cause)'

/** What fails today, and holds once the program is mended. */
export function assertionsFor(judged: JudgedCell, style: TestStyle): Assertions {
  const { shown, judgement } = judged
  const [first, second] = judgement.differences ?? []
  switch (judgement.oracle) {
    case 'O1':
      return first ? { lines: [anyEnd, style.lengthIs(effectsOf(first), first.was)] } : openEnd(judged)
    case 'O2':
      return takenForReal(shown, style) ?? (first && falseSuccess(shown, first, style)) ?? openEnd(judged)
    case 'O3':
      return first && second ? bothOrNeither(first, second, style) : openEnd(judged)
    case 'O4':
      return {
        lines: ['// It has to end before its time is over, one way or the other.', anyEnd],
        timeoutMs: patienceFor(shown),
      }
    case 'O5':
      if (first) return atOnce(shown, first, style)
      return shown.fault.waitMs === undefined ? tooOften(shown, style) : tooSoon(shown, shown.fault.waitMs, style)
    case 'O6':
      return { lines: ['// An error that nobody catches fails the run by itself.', anyEnd] }
    case 'O7':
      return { lines: [outcome, ...otherErrorThan(shown, style)] }
    case 'O8':
      return idleTransaction(judged) ?? openEnd(judged)
    case 'O9':
      return { lines: ['// The data is wrong: the program, or the test, has to say so.', style.rejects('asItIs()')] }
    case 'O10':
      return {
        usesFault: true,
        lines: [
          anyEnd,
          'fault.disarm()',
          '// Once nothing goes wrong any more, it has to go well again.',
          'await asItIs()',
        ],
      }
    default:
      return openEnd(judged)
  }
}

/** The boundary as a test has it. */
export function boundaryCode(name: string): string {
  return `mortarTest.boundary(${quote(name)})`
}

function effectsOf({ boundary, operation }: Pick<Difference, 'boundary' | 'operation'>): string {
  return `${boundaryCode(boundary)}.effects(${quote(operation)})`
}

/** Where it is not known what to look at, the reader has to say. */
function openEnd({ judgement }: JudgedCell): Assertions {
  const today = judgement.what.replaceAll(/\s+/g, ' ')
  return { lines: [anyEnd, `// Today: ${today}. Assert here that it is not so.`] }
}

/** Of what nobody has proved to have sent nothing may come. */
function takenForReal({ fault, effects }: Case, style: TestStyle): Assertions | undefined {
  if (!fault.forged) return undefined
  const done = new Map(effects.filter(isHard).map((effect) => [`${effect.boundary}\0${effect.operation}`, effect]))
  return { lines: [anyEnd, ...[...done.values()].map((effect) => style.lengthIs(effectsOf(effect), 0))] }
}

function falseSuccess({ observation, effects }: Case, lost: Difference, style: TestStyle): Assertions | undefined {
  if (observation.passed) {
    const done = style.lengthIs(effectsOf(lost), lost.was)
    return { lines: [outcome, '// Who does not fail must have done it.', `if (error === undefined) ${done}`] }
  }
  const acknowledged = effects.find(({ kind }) => kind === 'ack')
  if (!acknowledged) return undefined
  const lines = [
    anyEnd,
    '// What is acknowledged has been done.',
    `const acknowledged = ${effectsOf(acknowledged)}`,
    style.atLeast(`${effectsOf(lost)}.length`, 'acknowledged.length'),
  ]
  return { lines }
}

function bothOrNeither(stands: Difference, lost: Difference, style: TestStyle): Assertions {
  const lines = [
    anyEnd,
    '// Both, or neither. Where what was done is taken back instead, assert that here.',
    `const done = ${effectsOf(stands)}`,
    style.lengthIs(effectsOf(lost), 'done.length'),
  ]
  return { lines }
}

/** Less than it waits today, milliseconds, and no more than anybody wants to wait for a test. */
function patienceFor({ observation: { waited, durationMs } }: Case): number {
  if (!waited) return Math.max(1000, Math.ceil(durationMs / 1000) * 1000)
  const today = waited.until === 'gave up' ? waited.ms : Number.POSITIVE_INFINITY
  return Math.round(Math.min(10_000, today * 0.8))
}

function tooOften({ cell, fault }: Case, style: TestStyle): Assertions {
  const [most, what] = /page/.test(fault.name) ? [200, 'pages'] : [10, 'attempts']
  const lines = [
    anyEnd,
    `// As many ${what} as are meant to be; ${most} are too many for most.`,
    style.below(`Math.max(fault.struck, ${asked(cell)}.length)`, most),
  ]
  return { usesFault: true, lines, timeoutMs: 10_000 }
}

/** As long as nobody waits for another one it is asked as often as today. */
function atOnce({ observation: { moments } }: Case, { boundary, operation }: Difference, style: TestStyle): Assertions {
  const today = moments.filter((moment) => moment.boundary === boundary && moment.operation === operation)
  const lines = [
    anyEnd,
    '// One is enough of those that are asked for the same at once.',
    style.below(`${asked({ boundary, operation })}.length`, today.length),
  ]
  return { lines }
}

function tooSoon({ cell }: Case, waitMs: number, style: TestStyle): Assertions {
  const lines = [
    anyEnd,
    `const next = ${asked(cell)}[${cell.nth - 1}]`,
    '// Not at all, or when it was told to.',
    `if (next) ${style.atLeast('next.askedAt - from', waitMs - 20)}`,
  ]
  return { before: ['const from = Date.now()'], lines, timeoutMs: waitMs + 10_000 }
}

function asked({ boundary, operation }: Pick<Difference, 'boundary' | 'operation'>): string {
  return `${boundaryCode(boundary)}.exchanges().filter(({ operation }) => operation === ${quote(operation)})`
}

function otherErrorThan({ observation: { errors } }: Case, style: TestStyle): readonly string[] {
  const [error] = errors
  if (!error) return [style.equals('error', 'undefined')]
  const message = error.message.split('\n', 1)[0]!
  // Ports and ids are others every time.
  if (/\d{4}/.test(message)) return [style.differs('error?.name', quote(error.name))]
  return ['// It may fail, with what went wrong.', style.differs('String(error)', quote(`${error.name}: ${message}`))]
}

function idleTransaction({ shown: { cell }, judgement }: JudgedCell): Assertions | undefined {
  if (cell.protocol !== 'postgres' || !/transaction/.test(judgement.what)) return undefined
  const query =
    "SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
  return {
    lines: [anyEnd, `const open = "${query}"`, `await ${boundaryCode(cell.boundary)}.row(open, { open: 0 })`],
  }
}
