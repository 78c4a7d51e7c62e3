import { type Case, type Difference } from '../case.ts'
import type { JudgedCell } from '../findings.ts'
import { quote } from './fault-code.ts'

/** What a suggested test does once the fault is armed. */
export interface Assertions {
  /** Lines that stand before the fault is armed. */
  readonly before: readonly string[]
  /** Lines from running what the existing test does on. */
  readonly lines: readonly string[]
  /** The fault's own handle is looked at. */
  readonly usesFault?: true
  /** How long the test may take, milliseconds. */
  readonly timeoutMs?: number
}

const anyEnd = 'await asItIs().catch(() => {})'
const outcome = 'const error = await asItIs().then(() => undefined, (cause) => cause)'

/** What fails today, and holds once the program is mended. */
export function assertionsFor({ shown, judgement }: JudgedCell): Assertions {
  const { cell, fault, observation } = shown
  const { oracle, differences = [], what } = judgement
  const [first, second] = differences
  switch (oracle) {
    case 'O1':
      return first
        ? { before: [], lines: [anyEnd, `expect(${effectsOf(first)}).toHaveLength(${first.was})`] }
        : open(what)
    case 'O2':
      return first ? falseSuccess(shown, first) : open(what)
    case 'O3':
      return first && second
        ? {
            before: [],
            lines: [
              anyEnd,
              '// Both, or neither. Where what was done is taken back instead, expect that here.',
              `const done = ${effectsOf(first)}`,
              `expect(${effectsOf(second)}).toHaveLength(done.length)`,
            ],
          }
        : open(what)
    case 'O4':
      return {
        before: [],
        lines: ['// It has to end before its time is over, one way or the other.', anyEnd],
        timeoutMs: Math.min(30_000, Math.max(3000, Math.ceil(observation.durationMs / 1000) * 1000)),
      }
    case 'O5':
      return fault.waitMs === undefined ? tooOften(shown) : tooSoon(shown, fault.waitMs)
    case 'O6':
      return { before: [], lines: ['// An error that nobody catches fails the run of vitest by itself.', anyEnd] }
    case 'O7':
      return { before: [], lines: [outcome, ...otherErrorThan(observation)] }
    case 'O8':
      return cell.protocol === 'postgres' && /transaction/.test(what)
        ? {
            before: [],
            lines: [
              anyEnd,
              'const open = "SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() AND state LIKE \'idle in transaction%\'"',
              `await ${boundaryCode(cell.boundary)}.row(open, { open: 0 })`,
            ],
          }
        : open(what)
    case 'O9':
      return {
        before: [],
        lines: [
          '// The data is wrong: the program, or the test, has to say so.',
          'await expect(asItIs()).rejects.toThrow()',
        ],
      }
    default:
      return open(what)
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
function open(what: string): Assertions {
  return { before: [], lines: [anyEnd, `// Today: ${what.replaceAll(/\s+/g, ' ')}. Expect here that it is not so.`] }
}

function falseSuccess({ observation, effects }: Case, lost: Difference): Assertions {
  if (observation.passed) {
    return {
      before: [],
      lines: [
        outcome,
        '// Who does not fail must have done it.',
        `if (error === undefined) expect(${effectsOf(lost)}).toHaveLength(${lost.was})`,
      ],
    }
  }
  const acknowledged = effects.find(({ kind }) => kind === 'ack')
  if (!acknowledged) return open('it was acknowledged, and not done')
  return {
    before: [],
    lines: [
      anyEnd,
      '// What is acknowledged has been done.',
      `const acknowledged = ${effectsOf(acknowledged)}`,
      `expect(${effectsOf(lost)}.length).toBeGreaterThanOrEqual(acknowledged.length)`,
    ],
  }
}

function tooOften({ cell }: Case): Assertions {
  const operation = quote(cell.operation)
  const asked = `${boundaryCode(cell.boundary)}.exchanges().filter(({ operation }) => operation === ${operation})`
  return {
    before: [],
    usesFault: true,
    lines: [
      anyEnd,
      '// As many attempts as are meant to be; ten are too many for most.',
      `expect(Math.max(fault.struck, ${asked}.length)).toBeLessThan(10)`,
    ],
    timeoutMs: 10_000,
  }
}

function tooSoon({ cell }: Case, waitMs: number): Assertions {
  const operation = quote(cell.operation)
  return {
    before: ['const from = Date.now()'],
    lines: [
      anyEnd,
      `const next = ${boundaryCode(cell.boundary)}.exchanges().filter(({ operation }) => operation === ${operation})[${cell.nth - 1}]`,
      '// Not at all, or when it was told to.',
      `if (next) expect(next.askedAt - from).toBeGreaterThanOrEqual(${waitMs - 20})`,
    ],
  }
}

function otherErrorThan({ errors }: Case['observation']): readonly string[] {
  const [error] = errors
  if (!error) return ['expect(error).toBeUndefined()']
  const message = error.message.split('\n', 1)[0]!
  // Ports and ids are others every time.
  if (/\d{4}/.test(message)) return [`expect(error?.name).not.toBe(${quote(error.name)})`]
  return [
    '// It may fail, with what went wrong.',
    `expect(String(error)).not.toBe(${quote(`${error.name}: ${message}`)})`,
  ]
}
