import type { Difference } from './case.ts'
import { type JudgedCell, siteOf } from './findings.ts'
import { programFrame } from './program-frame.ts'

/** By what cells are known to show one and the same mistake. */
export interface Cause {
  /** Equal for cells of one cause in one run. */
  readonly group: string
  /** As the group, without what changes when the program is edited: lines, paths, what the fault was. */
  readonly key: string
}

/** What is behind a bad verdict: a client that has no timeout, one line that throws, one transaction's effects. */
export function causeOf(judged: JudgedCell): Cause {
  const { shown, judgement } = judged
  const { oracle, differences = [], evidence, what } = judgement
  const { boundary, operation } = shown.cell
  const site = siteOf(shown)
  const place = site ?? operation
  const made = (...parts: readonly string[]): Cause => ({
    group: [oracle, ...parts].join(' · '),
    key: [oracle, ...parts.map(withoutLine)].join(' · '),
  })
  switch (oracle) {
    case 'O1':
    case 'O2': {
      const [first] = differences
      if (!first) return made(boundary, place)
      // What is done twice, or lost, elsewhere than where the fault struck has one cause, wherever that was.
      return made(nameOf(first), ...(isAt(first, judged) ? [place] : []))
    }
    case 'O3':
      // What stands alone has to be made up for, whatever it was that did not follow.
      return differences[0] ? made(nameOf(differences[0])) : made(boundary, place)
    case 'O4':
      // A client has a timeout for all that it asks, or for nothing.
      return isWait(judged) ? made(boundary, 'waits') : made(boundary, place)
    case 'O5':
      if (differences[0]) return made(nameOf(differences[0]), 'at once')
      // Who never waits does not wait as long as it is told to either.
      return made(boundary, judgement.minor || shown.fault.waitMs !== undefined ? 'too soon' : 'too often')
    case 'O6':
    case 'O7': {
      // One listener is missing, whatever it was that was asked.
      if (judgement.advice !== undefined) return made(boundary, 'error event of a connection')
      const frame = programFrame(evidence[0] ?? '')
      const general = oracle === 'O6' && evidence.length > 0 ? withoutValues(what) : place
      return frame === undefined ? made(boundary, general) : { ...made(boundary, frame), group: `${oracle} · ${frame}` }
    }
    case 'O8':
      // Who does not give back what was taken does so whatever fails meanwhile.
      return judgement.advice !== undefined ? made(what, judgement.site ?? place) : made(boundary, what)
    default:
      return made(boundary, place)
  }
}

/** The program is kept waiting for an answer, or for a connection. */
export function isWait({ shown: { fault } }: JudgedCell): boolean {
  return fault.stalls === true || fault.name === 'connect timeout'
}

function nameOf({ operation, boundary }: Difference): string {
  return `${operation} at ${boundary}`
}

function isAt({ boundary, operation }: Difference, { shown: { cell } }: JudgedCell): boolean {
  return boundary === cell.boundary && operation === cell.operation
}

/** `nobody caught Error: connect ECONNREFUSED 127.0.0.1:5432` → the same with `0` for numbers and `''` for what is quoted. */
function withoutValues(text: string): string {
  return text.replace(/(["'`])[^"'`]*\1/g, "''").replace(/\d+/g, '0')
}

/** `at ensureLabels (/project/src/labels.ts:17:30)` → `at ensureLabels (labels.ts)`, `src/labels.ts:16` → `src/labels.ts`. */
function withoutLine(part: string): string {
  const frame = /^at (.*?)\(?([^()\s]+?):\d+:\d+\)?$/.exec(part)
  if (frame) return `at ${frame[1]}(${frame[2]!.split(/[\\/]/).at(-1)})`
  return part.replace(/(\.[cm]?[jt]sx?):\d+$/, '$1')
}
