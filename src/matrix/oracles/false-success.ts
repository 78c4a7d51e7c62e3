import { byWeight, describeDifference, type Difference, isHard } from '../case.ts'
import type { Effect } from '../effects.ts'
import type { Judgement, Oracle } from '../judgement.ts'
import { isDealtWith } from '../made-up-for.ts'
import { isOwed } from '../owed.ts'
import { isNoted, isPutOff } from '../put-off.ts'
import { seemsWell } from '../seems-well.ts'
import { type EarlyAck, earlyAck } from './early-ack.ts'

const acknowledgeLater =
  'acknowledge a message only once what it leads to is there for good, and give it back when that fails; as it is, a crash in between loses it too'
const giveBack =
  'give a message back, or put it aside, when it could not be dealt with, and acknowledge it only when it was'

/** O2: the caller was told that all is well, or a message was acknowledged, and something has not happened. */
export const falseSuccess: Oracle = (shown) => {
  const { cell, fault, observation, missing, effects, baseline } = shown
  if (cell.family !== 'error' || observation.ended === 'died') return undefined
  const lost = missing.filter(isHard).toSorted(byWeight)
  if (lost.length === 0 || isNoted(shown, lost) || isDealtWith(shown) || isPutOff(shown)) return undefined
  if (shown.isSettled) return undefined
  const evidence = lost.map(describeDifference)
  const early = earlyAck(shown)
  // Who is brought something over MQTT cannot refuse it.
  if (fault.spoils && (observation.passed || cell.protocol === 'mqtt')) return undefined
  if (observation.passed && observation.ended === 'in time') {
    // Whoever called was told, and the test did not mind.
    if (!seemsWell(observation, baseline)) return undefined
    return {
      verdict: 'false-success',
      oracle: 'O2',
      what: early ? tooEarly(evidence) : `all seemed well, but ${evidence[0]}`,
      evidence,
      differences: lost,
      ...(early && adviceOf(early)),
    }
  }
  const most = Math.max(...lost.map(({ was, is }) => was - is))
  // Of several messages those count that were acknowledged and not dealt with, and not those that never came.
  const acknowledged = effects.find((one) => one.kind === 'ack' && lostOf(one, missing) < most)
  const isConsumer = lost.some(({ kind }) => kind !== 'publish')
  if (!acknowledged || !isConsumer || cell.operation.startsWith('PUBLISH')) return undefined
  if (isOwed(shown)) return undefined
  const said = `${acknowledged.operation} at ${acknowledged.boundary} took place`
  return {
    verdict: 'false-success',
    oracle: 'O2',
    what: early ? tooEarly(evidence) : `the message was acknowledged, but ${evidence[0]}`,
    evidence: [said, ...evidence],
    differences: lost,
    // Of what is done to messages themselves, the fault says what good code makes of it.
    ...(early ? adviceOf(early) : cell.operation.startsWith('DELIVER') ? {} : { advice: giveBack }),
  }
}

function tooEarly([first]: readonly string[]): string {
  return `its message had been acknowledged before, and is lost: ${first}`
}

function adviceOf({ site }: EarlyAck): Pick<Judgement, 'advice' | 'site'> {
  return { advice: acknowledgeLater, ...(site !== undefined && { site }) }
}

function lostOf({ boundary, operation }: Effect, missing: readonly Difference[]): number {
  const same = missing.find((one) => one.boundary === boundary && one.operation === operation)
  return same ? same.was - same.is : 0
}
