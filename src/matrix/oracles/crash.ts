import type { Oracle } from '../judgement.ts'

/** What a runner says in place of ending. */
const exits = /process\.exit (?:unexpectedly )?called/

/** O6: the process ended, or would have: nobody caught an error. */
export const crash: Oracle = ({ observation }) => {
  const { ended, uncaught } = observation
  const exit = observation.errors.find(({ message }) => exits.test(message))
  const first = uncaught[0] ?? exit
  if (ended !== 'died' && !first) return undefined
  const why = observation.errors[0] ? `: ${firstLine(observation.errors[0].message)}` : ''
  const what = first
    ? `nobody caught ${first.name}: ${firstLine(first.message)}`
    : `the process of the test ended${why}`
  return {
    verdict: 'crash',
    oracle: 'O6',
    what,
    evidence: [...uncaught, ...(exit ? [exit] : [])].map(({ stack }) => stack),
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}
