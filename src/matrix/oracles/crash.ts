import type { Oracle } from '../judgement.ts'
import type { ErrorText } from '../observation.ts'
import { programFrame } from '../program-frame.ts'

/** What a runner says in place of ending. */
const exits = /process\.exit (?:unexpectedly )?called/

/** O6: the process ended, or would have: nobody caught an error. */
export const crash: Oracle = ({ observation, cell: { protocol } }) => {
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
    ...(protocol !== 'http' && uncaught[0] && isUnheard(uncaught[0]) && { advice: listening(protocol) }),
  }
}

function listening(protocol: string): string {
  const said = "(`client.on('error', …)`)"
  return protocol === 'postgres' || protocol === 'mysql'
    ? `listen to the errors of the pool (\`pool.on('error', …)\`), and of a client while it is taken out of it ${said}`
    : `listen to the errors of the client ${said}`
}

const lost =
  /^Unhandled '?error'? event|connection (?:is |was )?(?:terminated|lost|closed|reset)|terminating connection|\b(?:ECONNRESET|EPIPE)\b/i

/** An 'error' event of a connection that nobody listens to: what comes of a promise, or is thrown by the program, is none. */
function isUnheard({ message, rejected, stack }: ErrorText): boolean {
  return rejected !== true && lost.test(message) && programFrame(stack) === undefined
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}
