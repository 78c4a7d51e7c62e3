import type { FaultMatch, QuestionFault } from './fault-set.ts'

/**
 * The connection is lost before the question reaches the service, and the service stays away: so is every other
 * connection as soon as anything is asked on it, and nobody gets a new one, until the fault is disarmed.
 */
export function serviceDown(match: FaultMatch = {}): QuestionFault {
  const away = (rest: FaultMatch): QuestionFault => ({
    name: 'away',
    match: { ...rest, times: Number.POSITIVE_INFINITY },
    disturbance: { do: 'cut' },
  })
  return { name: 'service down', match, disturbance: { do: 'cut' }, next: [away({ operation: 'CONNECT' }), away({})] }
}
