import type { Oracle } from '../judgement.ts'

/** O6: the process ended, or would have: nobody caught an error. */
export const crash: Oracle = ({ observation }) => {
  const { ended, uncaught } = observation
  const [first] = uncaught
  if (ended !== 'died' && !first) return undefined
  const what = first ? `nobody caught ${first.name}: ${firstLine(first.message)}` : 'the process of the test ended'
  return { verdict: 'crash', oracle: 'O6', what, evidence: uncaught.map(({ stack }) => stack) }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}
