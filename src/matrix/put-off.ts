import type { Moment } from '../timeline/moment.ts'
import type { Case } from './case.ts'

/** Whether a message that was to be dealt with was given back, so that it comes again. */
export function isPutOff({ missing, observation }: Case): boolean {
  return missing.some(
    ({ kind, boundary, operation }) =>
      kind === 'ack' &&
      observation.moments.some(
        (moment) => moment.boundary === boundary && operation === `ACK of ${moment.operation}` && isGivenBack(moment),
      ),
  )
}

function isGivenBack({ exchange }: Moment): boolean {
  return (exchange?.messages ?? []).some(({ message }) => {
    const { type, requeue } = message as { type?: string; requeue?: boolean }
    return type === 'settle' && requeue === true
  })
}
