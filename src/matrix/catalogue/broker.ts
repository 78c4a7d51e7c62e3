import { messageFaults } from '../../core/message-faults.ts'
import { lostAnswer } from '../../modes/faults/lost-answer.ts'
import { lostConnection } from '../../modes/faults/lost-connection.ts'
import { serviceDown } from '../../modes/faults/service-down.ts'
import type { QuestionFault } from '../../modes/faults/fault-set.ts'
import type { ProtocolFault } from '../../core/protocol-fault.ts'
import { amqpFaults } from '../../protocols/amqp/faults.ts'
import type { Moment } from '../../timeline/moment.ts'
import type { Aim, CatalogueFault } from '../catalogue.ts'
import type { ExchangeClass } from '../classes.ts'
import { isOfProgram } from './of-program.ts'

/** How long a message waits to be overtaken, milliseconds. */
const overtakenMs = 300

/** How late a slow confirm is, milliseconds: later than most. */
const lateMs = 2000

const brokers: ReadonlySet<string> = new Set(['amqp', 'nats', 'mqtt'])

/** What a client of NATS asks of JetStream, or answers, is no message that it hands on. */
const ownTalk = /^PUBLISH (?:\$JS\.|_INBOX\.)/

const publishes = ({ protocol, operation }: ExchangeClass): boolean =>
  brokers.has(protocol) && operation.startsWith('PUBLISH ') && !ownTalk.test(operation)
const overAmqp = (exchanges: ExchangeClass): boolean => exchanges.protocol === 'amqp' && publishes(exchanges)
const deliveries = ({ protocol, operation }: ExchangeClass): boolean =>
  brokers.has(protocol) && operation.startsWith('DELIVER ')
const fromQueue = (exchanges: ExchangeClass): boolean => exchanges.protocol === 'amqp' && deliveries(exchanges)
const fromStream = (exchanges: ExchangeClass): boolean =>
  exchanges.protocol === 'nats' && deliveries(exchanges) && exchanges.acknowledges === true
/** Who promises to deliver once at most does not do so twice, nor in another order. */
const promised = (exchanges: ExchangeClass): boolean =>
  fromQueue(exchanges) || (deliveries(exchanges) && exchanges.acknowledges === true)

/** A channel that has not asked for confirms gets none, good or bad. */
const awaitsConfirm = ({ facts }: Moment): boolean => facts.published?.confirmed !== undefined

/** Where the acknowledgement of what was delivered is struck. */
const atAck = ({ operation, nth }: Aim): Aim => ({ operation: operation.replace(/^DELIVER/, 'ACK'), nth })

function aimed(fault: ProtocolFault, { operation, nth }: Aim, times = 1): QuestionFault {
  return { ...fault, match: { operation, nth, times } }
}

/** What brokers do to those who publish and those who consume. */
export const brokerFaults: readonly CatalogueFault[] = [
  {
    name: 'publish nacked',
    family: 'error',
    said: 'was refused by the broker',
    expected: 'fail, or keep the message and publish it later',
    reaches: false,
    weight: 7,
    applies: overAmqp,
    strikes: awaitsConfirm,
    arm: (aim) => aimed(amqpFaults.nacked(), aim),
  },
  {
    name: 'confirm lost',
    family: 'error',
    said: 'was taken by the broker, and its confirm never came',
    expected: 'stop waiting after a timeout; publish again only with the same message id',
    reaches: true,
    stalls: true,
    weight: 6,
    applies: overAmqp,
    strikes: awaitsConfirm,
    // Who waits without end is let go with it, late.
    arm: (aim) => aimed({ ...amqpFaults.confirmLost(), disturbance: { do: 'lose', quietly: true, late: true } }, aim),
  },
  {
    name: 'lost before publish',
    family: 'error',
    said: 'never reached the broker: the connection was lost',
    expected: 'fail, or keep the message and publish it later',
    reaches: false,
    disconnects: true,
    weight: 7,
    applies: publishes,
    arm: (aim) => lostConnection(aim),
  },
  {
    name: 'broker down',
    family: 'error',
    said: 'never reached the broker: it was down, and stayed so for the rest of the test',
    expected: 'fail, or keep the message and publish it later',
    reaches: false,
    stalls: true,
    // Where connections come back, it is as `lost before publish`.
    once: true,
    weight: 6,
    applies: (exchanges) => publishes(exchanges) && isOfProgram(exchanges),
    arm: (aim) => serviceDown(aim),
  },
  {
    name: 'publish slow',
    family: 'error',
    said: `was taken by the broker, and its confirm came after ${lateMs / 1000} s`,
    expected: 'wait for it, or give up once and for all',
    reaches: true,
    once: true,
    weight: 2,
    applies: (exchanges) => overAmqp(exchanges) && isOfProgram(exchanges),
    strikes: awaitsConfirm,
    arm: (aim) => aimed(amqpFaults.confirmSlow({ ms: lateMs }), aim),
  },
  {
    name: 'publish answer lost',
    family: 'error',
    said: 'was taken by the broker, and the connection was lost',
    expected: 'publish again only with the same message id',
    reaches: true,
    disconnects: true,
    weight: 6,
    applies: (exchanges) => publishes(exchanges) && exchanges.protocol !== 'amqp',
    arm: (aim) => lostAnswer(aim),
  },
  {
    name: 'redelivery',
    family: 'error',
    said: 'was dealt with, and was delivered once more',
    expected: 'know the message again, and do nothing twice',
    reaches: true,
    weight: 9,
    applies: (exchanges) => fromQueue(exchanges) || fromStream(exchanges),
    arm: (aim) => aimed(messageFaults.redelivery(), atAck(aim)),
  },
  {
    name: 'ack lost',
    family: 'error',
    said: 'was dealt with, and the connection was lost before its acknowledgement',
    expected: 'connect again, and know the message again',
    reaches: true,
    // Clients of the others connect again by themselves.
    atLast: ({ protocol }) => protocol === 'amqp',
    spoils: true,
    losesAck: true,
    once: true,
    weight: 5,
    applies: promised,
    arm: (aim) => aimed(messageFaults.crashBeforeAck(), atAck(aim)),
  },
  {
    name: 'shutdown mid-message',
    family: 'error',
    said: 'was being worked on when the broker shut down and closed the connection',
    expected: 'connect again, and know the message again',
    reaches: true,
    atLast: () => true,
    spoils: true,
    once: true,
    weight: 5,
    applies: fromQueue,
    arm: (aim) => aimed(amqpFaults.shutdown(), aim),
  },
  {
    name: 'duplicate message',
    family: 'error',
    said: 'came twice',
    expected: 'know the message again, and do nothing twice',
    reaches: true,
    weight: 8,
    applies: promised,
    arm: (aim) => aimed(messageFaults.duplicate(), aim),
  },
  {
    name: 'reordered message',
    family: 'error',
    said: 'came after the next one',
    expected: 'look at what is there already, and not only at what came',
    reaches: true,
    spoils: true,
    once: true,
    weight: 3,
    applies: (exchanges) => promised(exchanges) && exchanges.nths.length > 1,
    arm: (aim) => aimed(messageFaults.reorder({ ms: overtakenMs }), aim),
  },
  {
    name: 'poison message',
    family: 'error',
    said: 'came with a body that nobody can read, however often it came',
    expected: 'put it aside after a bounded number of attempts',
    reaches: true,
    spoils: true,
    weight: 5,
    applies: deliveries,
    // What is put back comes again as it is.
    arm: (aim) => aimed(messageFaults.poison(), aim, Number.POSITIVE_INFINITY),
  },
]
