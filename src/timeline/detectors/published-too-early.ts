import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { byTest, type Moment, type Timeline } from '../moment.ts'
import { sharedValue } from '../shared-value.ts'
import { overlaps } from '../overlaps.ts'
import { spanOf, type Transaction, transactionsOf } from '../transactions.ts'

// What is sent from these tables is what the pattern is for, and written in the transaction that hands it on.
const outboxTable = /outbox|inbox|queue|jobs?\b/i
// Values of JSON that are long enough to tell things apart.
const telling = /:\s*(?:"([^"]{3,})"|(\d{3,}))/g
const saysItFailed = /fail|error|reject|refus|cancel|dead|dlq|abort|rollback|compensat|retry/i

/** A message about something that is not committed yet, or never will be: who gets it finds nothing, or a lie. */
export function publishedTooEarly({ moments }: Timeline): readonly TimelineFinding[] {
  return [...byTest(moments).values()].flatMap(inTest)
}

function inTest(moments: readonly Moment[]): readonly TimelineFinding[] {
  const all = transactionsOf(moments)
  const handedOn = all.filter(({ outcome, writes }) => outcome === 'committed' && !writes.every(isOwnWrite))
  const messages = moments.filter(
    (moment) => moment.facts.published && moment.ok !== false && !isFromOutbox(moment, handedOn),
  )
  if (messages.length === 0) return []
  const transactions = all.filter(({ writes }) => writes.some(isOwnWrite))
  const openDuring = overlaps(transactions, spanOf)
  const undone = transactions.filter(({ outcome }) => outcome === 'rolled back')
  return messages.flatMap((message) => {
    const open = openDuring({ from: message.asked, to: message.asked })
    return beforeCommit(message, open) ?? afterRollback(message, undone, transactions) ?? []
  })
}

/** Whether a message says what was left in an outbox, and committed, before; what else is open then is another's. */
function isFromOutbox({ asked, facts }: Moment, handedOn: readonly Transaction[]): boolean {
  const said = Array.from(facts.published!.body.matchAll(telling), ([, text, number]) => text ?? number!)
  return handedOn.some(
    ({ ended, writes }) =>
      ended < asked &&
      writes.some((write) => {
        const { text, parameters } = write.facts.sql!
        const left = [text, ...parameters].join(' ')
        return !isOwnWrite(write) && said.some((value) => left.includes(value))
      }),
  )
}

function beforeCommit(message: Moment, around: readonly Transaction[]): TimelineFinding | undefined {
  const open = around.filter((each) => each.outcome !== 'open' && writesBefore(each, message).length > 0)
  // With several at a time, only what it says tells to which of them a message belongs.
  const [transaction] =
    open.length === 1 ? open : open.filter((each) => sharedValue(each.writes, message.facts.published!.body))
  if (!transaction) return undefined
  const { outcome } = transaction
  const what = outcome === 'committed' ? 'before COMMIT' : 'in a transaction that was rolled back'
  return report('published-before-commit', message, transaction, what)
}

function afterRollback(
  message: Moment,
  undone: readonly Transaction[],
  all: readonly Transaction[],
): TimelineFinding | undefined {
  const { channel, body } = message.facts.published!
  if (saysItFailed.test(channel)) return undefined
  const last = undone.findLast(({ ended, writes }) => ended < message.asked && sharedValue(writes, body))
  if (!last) return undefined
  // A second attempt that went well is what the message tells of.
  const redone = all.some(
    ({ outcome, ended }) => outcome === 'committed' && ended > last.ended && ended < message.asked,
  )
  return redone ? undefined : report('published-after-rollback', message, last, 'after ROLLBACK')
}

function report(
  code: 'published-before-commit' | 'published-after-rollback',
  message: Moment,
  transaction: Transaction,
  what: string,
): TimelineFinding {
  const { statements, boundary } = transaction
  const [first] = statements
  const writes = writesBefore(transaction, message)
  const last = statements.at(-1)!
  const { channel, body } = message.facts.published!
  const shared = sharedValue(transaction.writes, body)
  const shown = [...new Set([first, ...writes.slice(-2), message, last])].sort((a, b) => a.asked - b.asked)
  return {
    code,
    severity: 'warning',
    boundary: message.boundary,
    test: message.test,
    title: `${message.boundary}: ${channel} was published ${what} of ${writes[0]!.operation} (${boundary})`.replace(
      'rolled back of',
      'rolled back, of',
    ),
    detail: [
      ...shown.map((each) => evidenceLine(each, first.at, each === message ? 'published here' : undefined)),
      ...(shared === undefined ? [] : [`both name ${shared}`]),
    ],
    likeness: `${message.operation} ${writes[0]!.operation}`,
    exchanges: shown.map(({ id }) => id),
  }
}

function writesBefore(transaction: Transaction, { asked }: Moment): readonly Moment[] {
  return transaction.writes.filter((write) => write.answered < asked && isOwnWrite(write))
}

function isOwnWrite({ operation }: Moment): boolean {
  return !outboxTable.test(operation)
}
