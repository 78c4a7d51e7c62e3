import { badVerdicts, isBad, type Verdict } from '../../../matrix/verdict.ts'
import { text } from './html-text.ts'

/** How good news it is. */
export type Kind = 'bad' | 'good' | 'fair' | 'none'

/** What stands for a verdict besides its colour, and what it means. */
const marks: Readonly<Record<string, readonly [mark: string, meaning: string]>> = {
  duplicate: ['2×', 'something took place more often than it should'],
  'false-success': ['¬', 'it was said to be done, and was not'],
  inconsistent: ['½', 'a part of it is there for good, the rest is not'],
  crash: ['✖', 'an error that nobody caught, or the process ended'],
  hang: ['∞', 'it waits for ever, or far too long'],
  'retry-storm': ['↻', 'asked again too often or too soon'],
  poisoned: ['☣', 'what ran afterwards failed'],
  unnoticed: ['◌', 'wrong data, and no test noticed'],
  'unrelated-error': ['?!', 'failed with something other than what went wrong'],
  leak: ['≀', 'left something behind'],
  suspected: ['?', 'a field is read, and its loss shows nowhere'],
  handled: ['✓', 'passed with all that was to happen'],
  noticed: ['◉', 'failed because of the wrong data, as it should'],
  degraded: ['○', 'failed, and nothing worse'],
  unreachable: ['·', 'the fault struck nothing'],
  'not-applicable': ['–', 'something was asked that is not recorded, or nobody reads or needs what was changed'],
  flaky: ['~', 'did not show again'],
  allowed: ['a', 'allowed by a rule of the config'],
}

const others: readonly string[] = [
  'suspected',
  'handled',
  'noticed',
  'degraded',
  'allowed',
  'flaky',
  'unreachable',
  'not-applicable',
]

/** All verdicts, the worst first. */
export const verdictOrder: readonly string[] = [...badVerdicts, ...others]

/** How good news a verdict is. */
export function kindOf(verdict: Verdict): Kind {
  if (isBad(verdict)) return 'bad'
  return verdict === 'handled' || verdict === 'noticed' ? 'good' : verdict === 'degraded' ? 'fair' : 'none'
}

/** The sign of a verdict, without any colour. */
export function verdictSign(verdict: Verdict): string {
  return marks[verdict]?.[0] ?? '!'
}

/** The sign of a verdict in its colour, for those who see it. */
export function verdictMark(verdict: Verdict): string {
  return `<span class="mark ${kindOf(verdict)}" aria-hidden="true">${verdictSign(verdict)}</span>`
}

/** A verdict in a word, with its sign. */
export function verdictChip(verdict: Verdict, kind: Kind = kindOf(verdict)): string {
  return `<span class="chip ${kind}" title="${text(marks[verdict]?.[1] ?? '')}"><span aria-hidden="true">${verdictSign(verdict)}</span> ${text(verdict)}</span>`
}

/** What the signs of these verdicts mean. */
export function legend(verdicts: ReadonlySet<string>): string {
  const shown = verdictOrder.filter((verdict) => verdicts.has(verdict))
  const rows = shown.map(
    (verdict) =>
      `<div><dt>${verdictMark(verdict as Verdict)} ${text(verdict)}</dt><dd>${text(marks[verdict]?.[1] ?? '')}</dd></div>`,
  )
  return `<details class="legend"><summary>What the signs mean</summary><dl>${rows.join('')}</dl></details>`
}
