import { evidenceLine, type TimelineFinding } from '../finding.ts'
import type { Timeline } from '../moment.ts'
import { type ShapedMoment, type UnlockedWrite, unlockedWrites } from '../unlocked-reads.ts'

const prepared = /\bON CONFLICT\b|\bON DUPLICATE KEY\b|\bINSERT IGNORE\b/i

/**
 * A row that is inserted because there was none like it. Of two at a time both find none; a unique key refuses the
 * second one, and fails its transaction. Who has set a savepoint before is prepared for that.
 */
export function checkedThenInserted(timeline: Timeline): readonly TimelineFinding[] {
  const careful = sessionsWithSavepoints(timeline)
  return unlockedWrites(timeline).flatMap((each) => {
    const { facts } = each.write.moment
    if (careful.has(facts.session) || prepared.test(facts.sql!.text)) return []
    const read = each.reads.find((one) => one.moment.facts.sql!.rows === 0 && isSame(one, each.write))
    return read ? [report(read, each)] : []
  })
}

function sessionsWithSavepoints({ moments }: Timeline): ReadonlySet<string | undefined> {
  return new Set(
    moments.flatMap(({ facts: { sql, session } }) => (/^\s*SAVEPOINT\b/i.test(sql?.text ?? '') ? [session] : [])),
  )
}

/** Whether what was looked for is what is inserted. */
function isSame({ shape: { where, isPlain } }: ShapedMoment, { moment, shape }: ShapedMoment): boolean {
  if (!moment.operation.startsWith('INSERT ')) return false
  const written = new Map(shape.writes)
  const isWritten = ([column, value]: (typeof where)[number]): boolean =>
    value !== undefined && written.get(column) === value
  return isPlain && where.length > 0 && where.every(isWritten)
}

function report(read: ShapedMoment, { began, write }: UnlockedWrite): TimelineFinding {
  const { boundary, operation, test, facts, id } = write.moment
  return {
    code: 'checked-then-inserted',
    severity: 'note',
    boundary,
    test,
    title: `${boundary}: ${operation} relies on ${read.moment.operation}, which found nothing; of two at a time both find nothing`,
    detail: [
      evidenceLine(read.moment, began.at, 'another one may look here too'),
      evidenceLine(write.moment, began.at, 'then it is there twice, or the second one is refused'),
    ],
    likeness: facts.sql!.fingerprint,
    exchanges: [read.moment.id, id],
  }
}
