import { evidenceLine, type TimelineFinding } from '../finding.ts'
import type { Timeline } from '../moment.ts'
import type { ColumnValue } from '../statement-shape.ts'
import { type ShapedMoment, type UnlockedWrite, unlockedWrites } from '../unlocked-reads.ts'

/** A number that was read, and is written back as it has become in the program: what others wrote meanwhile is lost. */
export function lostUpdate(timeline: Timeline): readonly TimelineFinding[] {
  return unlockedWrites(timeline).flatMap((each) => {
    const read = each.reads.find((one) => one.moment.facts.sql!.rows > 0 && isWrittenBack(one, each.write))
    return read ? [report(read, each)] : []
  })
}

/** The row is found by what the read was asked for, and by nothing that tells whether it is still the same. */
function isWrittenBack({ moment, shape: read }: ShapedMoment, { shape }: ShapedMoment): boolean {
  const keys = new Set(read.where.map(([column]) => column))
  const { text, parameters } = moment.facts.sql!
  const asked = new Set([text, ...parameters].join(' ').split(/[^\p{L}\p{N}_-]+/u))
  const isSameRow = ([column, value]: ColumnValue): boolean =>
    keys.has(column) && value !== undefined && (asked.has(value) || parameters.includes(value))
  const isRead = (column: string): boolean => read.reads.includes(column) || read.reads.includes('*')
  return (
    shape.isPlain &&
    shape.where.length > 0 &&
    shape.where.every(isSameRow) &&
    shape.writes.some((written) => isRead(written[0]) && isAmount(written))
  )
}

/** Flags and references are numbers as well, and are set rather than counted. */
function isAmount([column, value = '']: ColumnValue): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(value) && value !== '0' && value !== '1' && !/_?id$/.test(column)
}

function report(read: ShapedMoment, { began, write }: UnlockedWrite): TimelineFinding {
  const { boundary, operation, test, facts, id } = write.moment
  return {
    code: 'lost-update',
    severity: 'warning',
    boundary,
    test,
    title: `${boundary}: ${operation} writes back a number that ${read.moment.operation} had read without a lock`,
    detail: [
      evidenceLine(read.moment, began.at, 'another one may read the same here'),
      evidenceLine(write.moment, began.at, 'what that one wrote is lost'),
    ],
    likeness: facts.sql!.fingerprint,
    exchanges: [read.moment.id, id],
  }
}
