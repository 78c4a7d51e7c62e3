import type { Oracle } from '../judgement.ts'

const timedOut = /\b(?:test|hook) timed out in \d+ ?ms/i

/** O4: the program waited for an answer that did not come, until it was given up. */
export const waitsForEver: Oracle = (shown) => (shown.fault.stalls ? hang(shown) : undefined)

/** O4: the test had not ended when its time was over. */
export const hang: Oracle = ({ observation, baseline }) => {
  const { ended, errors, durationMs } = observation
  const said = errors.find(({ message }) => timedOut.test(message))
  if (ended !== 'late' && !said) return undefined
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
  const what = `nothing had come of it after ${seconds(durationMs)}; a clean run takes ${seconds(baseline.durationMs)}`
  return { verdict: 'hang', oracle: 'O4', what, evidence: said ? [said.message] : [] }
}
