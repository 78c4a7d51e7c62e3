import type { Oracle } from '../judgement.ts'
import type { Waited } from '../observation.ts'

const timedOut = /\b(?:test|hook) timed out in \d+ ?ms/i

/** O4: the program waited for an answer that did not come, until it was given up. */
export const waitsForEver: Oracle = (shown) => (shown.fault.stalls ? hang(shown) : undefined)

/** O4: the test had not ended when its time was over. */
export const hang: Oracle = ({ observation, baseline, fault }) => {
  const { ended, errors, durationMs, waited, moments } = observation
  // Its test waits in vain for what nobody could have done; of a process that spins nothing at all is known.
  if (fault.spoils && moments.length > 0) return undefined
  const said = errors.find(({ message }) => timedOut.test(message))
  if (ended !== 'late' && !said) return undefined
  const happened = waited ? describe(waited) : `nothing had come of it after ${seconds(durationMs)}`
  const what = `${happened}; a clean run takes ${seconds(baseline.durationMs)}`
  return { verdict: 'hang', oracle: 'O4', what, evidence: said ? [said.message] : [] }
}

function describe({ ms, until }: Waited): string {
  if (until === 'gave up') return `it gave up only after ${seconds(ms)}`
  if (until === 'too long') return `it would still wait after ${seconds(ms)} by the program's clock`
  if (until === 'spinning') return `it let nothing else in its process get a turn for ${seconds(ms)}`
  return 'it waits for ever: nothing is left that could go on'
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
}
