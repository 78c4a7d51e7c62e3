import { referenceOf } from '../baseline.ts'
import type { Oracle } from '../judgement.ts'
import type { LeftOpen } from '../left-open.ts'

const known: Readonly<Record<LeftOpen['kind'], { readonly what: string; readonly advice: string }>> = {
  'pool client': {
    what: 'a client of its pool that nobody gives back',
    advice:
      'give a client back to its pool whatever happens, in `finally`: each one that is lost is missing from then on',
  },
  connection: {
    what: 'a connection that nobody closes',
    advice:
      'close the connection whatever happens, in `finally`: each one that is left stays open until the other side gives it up',
  },
  answer: {
    what: 'the connection of a request whose answer nobody reads',
    advice:
      'read each answer to its end, a refusal too (`resume()`), or give the request up (`destroy()`): until then its connection is not free for the next one',
  },
  timer: {
    what: 'a timer that nobody stops',
    advice: 'stop the timer whatever happens, in `finally`: each one that is left goes on for ever',
  },
}

/** O8: something stayed open that a clean run closes. */
export const leak: Oracle = ({ observation, baseline }) => {
  const usual = new Set(referenceOf(baseline).leftBehind)
  const left = observation.leftBehind.filter((line) => !usual.has(line))
  const { leftOpen = [] } = observation
  const [open] = leftOpen
  const evidence = [...left, ...leftOpen.map(({ kind, site }) => `${known[kind].what}, taken at ${site}`)]
  const site = open && { site: open.site }
  // What a server tells says more of the harm; where it was taken, more of the mistake.
  if (left.length > 0) return { verdict: 'leak', oracle: 'O8', what: `it left behind ${left[0]}`, evidence, ...site }
  if (!open) return undefined
  const { what, advice } = known[open.kind]
  return { verdict: 'leak', oracle: 'O8', what: `it left behind ${what}`, evidence, advice, ...site }
}
