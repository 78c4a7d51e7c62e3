import type { Oracle } from '../judgement.ts'

/** O10: what went wrong is over, and what runs next fails all the same. */
export const poisoned: Oracle = ({ observation: { poisons } }) => {
  if (poisons === undefined) return undefined
  const what = `the next run fails, though nothing goes wrong in it: ${poisons}`
  return { verdict: 'poisoned', oracle: 'O10', what, evidence: [poisons] }
}
