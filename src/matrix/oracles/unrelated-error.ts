import { referenceOf } from '../baseline.ts'
import type { Moment } from '../../timeline/moment.ts'
import type { Case } from '../case.ts'
import type { Judgement, Oracle } from '../judgement.ts'
import type { ErrorText } from '../observation.ts'

const mistakes: ReadonlySet<string> = new Set(['TypeError', 'SyntaxError', 'ReferenceError', 'RangeError'])
const met: ReadonlySet<string> = new Set(['23505', '404', '409', '1062'])

/** O7: what came out says nothing of what went wrong, or is a complaint about the program's own first success. */
export const unrelatedError: Oracle = (shown) => {
  const { cell, observation } = shown
  if (cell.family !== 'error') return undefined
  if (observation.passed) return brokenDown(shown)
  return brokenDown(shown) ?? metItself(shown) ?? abortedBefore(shown) ?? mistakeIn(shown)
}

/** Whoever called was told of a failure of the program's own, where there is none. */
function brokenDown({ fault, observation, baseline }: Case): Judgement | undefined {
  const more = (observation.serverErrors ?? 0) - (referenceOf(baseline).serverErrors ?? 0)
  if (!fault.calm || more <= 0) return undefined
  const what = 'the program answered whoever called with a failure of its own'
  return { verdict: 'unrelated-error', oracle: 'O7', what, evidence: [`${more} more answered with 500 and above`] }
}

/** A retry that was refused because the first attempt had been done after all. */
function metItself({ cell, fault, observation, struck, baseline }: Case): Judgement | undefined {
  // What is refused in a clean run too was no success.
  if (!fault.reaches || struckWithout(cell, baseline)?.ok === false) return undefined
  const from = struck?.asked ?? 0
  const refused = observation.moments.find(
    ({ boundary, asked, ok, facts }) =>
      boundary === cell.boundary && asked > from && ok === false && met.has(facts.error?.code ?? ''),
  )
  if (!refused || !isNew(refused, cell.operation)) return undefined
  const said = `${refused.operation}: ${refused.answer ?? ''}`
  const what = `the retry met its own first success: ${said}`
  return { verdict: 'unrelated-error', oracle: 'O7', what, evidence: [said] }
}

/** In a transaction that has failed nothing more can be done; who tries learns nothing of why it failed. */
function abortedBefore({ observation, baseline }: Case): Judgement | undefined {
  const isAborted = ({ facts }: Moment): boolean => facts.error?.code === '25P02'
  const refused = observation.moments.find(isAborted)
  // A clean run may go on like that too.
  if (!refused || referenceOf(baseline).moments.some(isAborted)) return undefined
  const said = `${refused.operation}: ${refused.answer ?? ''}`
  const what = `it went on in a transaction that had failed already: ${said}`
  return { verdict: 'unrelated-error', oracle: 'O7', what, evidence: [said] }
}

/** What was struck, as it is in a clean run. */
function struckWithout({ boundary, operation, nth }: Case['cell'], baseline: Case['baseline']): Moment | undefined {
  const { moments } = referenceOf(baseline)
  return moments.filter((one) => one.boundary === boundary && one.operation === operation)[nth - 1]
}

function isNew({ operation }: Moment, struck: string): boolean {
  const method = /^(?:POST|PUT|PATCH|DELETE|INSERT|COMMIT)\b/
  return operation === struck || (method.test(operation) && method.test(struck))
}

function mistakeIn({ fault, observation }: Case): Judgement | undefined {
  if (fault.blunt) return undefined
  const [error, ...causes] = observation.errors
  if (!error || !mistakes.has(error.name) || isOfTheNetwork(error, causes) || isFromTest(error)) return undefined
  const what = `it failed with ${error.name}: ${error.message.split('\n', 1)[0]}`
  return { verdict: 'unrelated-error', oracle: 'O7', what, evidence: [error.stack] }
}

/** What `fetch` says of a connection is a TypeError whose cause tells what happened. */
function isOfTheNetwork({ message }: ErrorText, causes: readonly ErrorText[]): boolean {
  return (
    /fetch failed|\bterminated\b|network/i.test(message) ||
    causes.some(({ message: text }) => /ECONN|socket/i.test(text))
  )
}

/** A test that cannot read what it got has noticed it by itself. */
function isFromTest({ stack }: ErrorText): boolean {
  const first = stack.split('\n').find((line) => /^\s*at /.test(line) && !/node:|node_modules|<anonymous>/.test(line))
  return first !== undefined && /\.(?:test|spec)\.[cm]?[jt]sx?\b/.test(first)
}
