import type { Moment } from '../timeline/moment.ts'
import type { QuestionFault } from '../modes/faults/fault-set.ts'
import type { HttpFault } from '../protocols/http/faults/http-fault.ts'
import type { ToldAnswer } from '../protocols/http/webhook/out-of-order.ts'
import { brokerFaults } from './catalogue/broker.ts'
import { cacheFaults } from './catalogue/cache.ts'
import { fieldFaults, messageFieldFaults } from './catalogue/fields.ts'
import { httpFaults } from './catalogue/http.ts'
import { webhookFaults } from './catalogue/webhook.ts'
import { sqlFaults } from './catalogue/sql.ts'
import type { Cell, CellDetail, Family } from './cell.ts'
import type { ExchangeClass } from './classes.ts'

/** Which exchanges a fault of a cell strikes. */
export interface Aim {
  readonly operation: string
  /** Counted from 1. */
  readonly nth: number
  /** What a fault tells that says what was said in a clean run. */
  readonly answered?: ToldAnswer
}

/** One way in which the other side can misbehave. */
export interface CatalogueFault {
  /** Stands in cells and in rules that allow something: `reply lost`. */
  readonly name: string
  readonly family: Family
  /** Goes on from the operation: `answered, and the reply was lost`. */
  readonly said: string
  /** What good code does about it. */
  readonly expected: string
  /** Whether the service does what it is asked all the same. */
  readonly reaches: boolean
  /** It keeps the program waiting for as long as that likes to wait. */
  readonly stalls?: true
  /** What was to be done cannot be done any more; nobody is to blame for that. */
  readonly spoils?: true
  /** It passes: good code makes nothing of it, so that a test that fails shows a weakness. */
  readonly passing?: true
  /** The connection is lost once, and there is another one for whoever asks for it. */
  readonly disconnects?: true
  /** The broker does not hear that a message was dealt with, and brings it again. */
  readonly losesAck?: true
  /** Asked again sooner than so many milliseconds after it has struck, the program has not heeded what it was told. */
  readonly waitMs?: number
  /** The service can do nothing more for now, again and again: who asks at once again keeps it from getting better. */
  readonly overloads?: true
  /** It differs from others of its kind in little: one cell for each place of the program is enough. */
  readonly once?: true
  /** Where nothing comes behind it any more, only the last exchange of a test is struck. */
  readonly atLast?: (exchanges: ExchangeClass) => boolean
  /** It changes how a row of answers goes on, which is known from its first on: only from there it can strike. */
  readonly fromFirst?: true
  /** How often something may be asked again before that is a storm, where it is more than usual. */
  readonly patience?: number
  /** The program hears of it only after what was struck, and perhaps after the test. */
  readonly lingers?: true
  /** Most programs rely on that it cannot be: only what they do then counts, and not what they say. */
  readonly blunt?: true
  /** What is kept there may be lost with it, so nothing in it can be out of date. */
  readonly forgets?: true
  /** Whoever called the program is not to be told of a failure of its own: 500 and above. */
  readonly calm?: true
  /** What whoever asks is told, from what was said in the clean run; only exchanges that have it are struck. */
  readonly tells?: (exchanges: ExchangeClass, nth: number) => ToldAnswer | undefined
  /** What came in was not sent by whom it should be: nothing is to be done. */
  readonly forged?: true
  /** What is wrong is the body of an answer: who does not read that has nothing to notice. */
  readonly inBody?: true
  /** Good code copes with it, and nothing shows that: a test that passes says nothing of those who do not look. */
  readonly absorbed?: true
  /** It brings two at the same time: the one that changes something first is kept from it until the other has looked. */
  readonly overlaps?: true
  /** How likely it is to show harm, 1 to 9; cells with more come first. */
  readonly weight: number
  /** Whether it can happen to exchanges of this class. */
  readonly applies: (exchanges: ExchangeClass) => boolean
  /** Of those, whether it can happen to this one: a miss only where something was found. Left out: to each. */
  readonly strikes?: (moment: Moment, exchanges: ExchangeClass) => boolean
  /** @param detail - Which fields are changed, for faults that change fields. */
  readonly arm: (aim: Aim, detail?: CellDetail) => HttpFault | QuestionFault
}

/** Faults by where they strike, for people. */
export const faultGroups: readonly (readonly [where: string, faults: readonly CatalogueFault[]])[] = [
  ['Faults: HTTP', httpFaults],
  ['Fields of answers', fieldFaults],
  ['Webhooks that come in', webhookFaults],
  ['PostgreSQL and MySQL', sqlFaults],
  ['Brokers', brokerFaults],
  ['Redis', cacheFaults],
]

/** Every fault, those likely to show harm first. */
export const catalogue: readonly CatalogueFault[] = [
  ...httpFaults,
  ...sqlFaults,
  ...brokerFaults,
  ...cacheFaults,
  ...webhookFaults,
  ...fieldFaults,
].toSorted((a, b) => b.weight - a.weight)

/** The fault of a cell: what single fields of messages are is of its own kind, by the same names. */
export function faultOf({ fault, operation }: Pick<Cell, 'fault' | 'operation'>): CatalogueFault | undefined {
  const ofMessage = operation.startsWith('DELIVER ') ? messageFieldFaults : []
  return ofMessage.find(({ name }) => name === fault) ?? findFault(fault)
}

/** A fault by its name. */
export function findFault(name: string): CatalogueFault | undefined {
  return catalogue.find((fault) => fault.name === name)
}
