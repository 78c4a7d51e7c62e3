import { httpFaults as faults } from '../../../protocols/http/faults.ts'
import type { CatalogueFault } from '../../catalogue.ts'
import { answered, giveUp, good, hasBody, retrySafely, writes } from './asked.ts'

/** How late a slow answer is, milliseconds: later than most, and within the time of most tests. */
const lateMs = 2000

/** Connections that are lost or do not come about, and answers that do not come in time. */
export const connectionFaults: readonly CatalogueFault[] = [
  {
    name: 'reply lost',
    family: 'error',
    said: 'was done, and its reply was lost',
    expected: retrySafely,
    reaches: true,
    weight: 9,
    applies: writes,
    arm: (aim) => faults.lostReply(aim),
  },
  {
    name: 'reset before',
    family: 'error',
    said: 'was never done: the connection was lost before',
    expected: giveUp,
    reaches: false,
    weight: 6,
    applies: answered,
    arm: (aim) => faults.resetBefore(aim),
  },
  {
    name: 'no answer',
    family: 'error',
    said: 'was done, and no answer came',
    expected: 'stop waiting after a timeout of its own',
    reaches: true,
    stalls: true,
    weight: 5,
    applies: answered,
    arm: (aim) => faults.noAnswer(aim),
  },
  {
    name: 'reset mid body',
    family: 'error',
    said: 'was answered, and the connection was lost within the body',
    expected: 'ask again where that is safe, or fail with an error that says that the answer was not whole',
    reaches: true,
    // Of a read it is as any other answer that cannot be read, of a write as one that is lost.
    once: true,
    weight: 3,
    applies: good,
    strikes: hasBody,
    arm: (aim) => faults.resetMidBody(aim),
  },
  {
    name: 'connection refused',
    family: 'error',
    said: 'was never done: the service refused connections, again and again',
    expected: giveUp,
    reaches: false,
    overloads: true,
    once: true,
    weight: 2,
    applies: good,
    arm: (aim) => faults.noConnection('refused', { ...aim, times: Number.POSITIVE_INFINITY }),
  },
  {
    name: 'connect timeout',
    family: 'error',
    said: 'was never done: no connection came about',
    expected: giveUp,
    reaches: false,
    once: true,
    weight: 1,
    applies: good,
    arm: (aim) => faults.noConnection('timeout', aim),
  },
  {
    name: 'slow',
    family: 'error',
    said: `was answered after ${lateMs / 1000} s`,
    expected: 'wait for it, or give up once and for all',
    reaches: true,
    once: true,
    weight: 1,
    applies: good,
    arm: (aim) => faults.slow(lateMs, aim),
  },
]
