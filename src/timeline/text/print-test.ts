import { duration } from '../../core/wording.ts'
import type { Row } from './rows.ts'

/** One row of a timeline as strings of any length. */
export interface Columns {
  readonly when: string
  readonly where: string
  readonly asked: string
  readonly came: string
  readonly took: string
  readonly bad: boolean
}

/** The rows for a terminal: when, where, what was asked, what came of it, how long it took. */
export function columnsOf(rows: readonly Row[]): readonly Columns[] {
  const bracketed = rows.some(({ bracket }) => bracket !== '')
  return rows.map(({ ms, where, bracket, asked, came, tookMs, bad, note, incoming, endless }) => ({
    when: `+${duration(Math.max(0, ms))}`,
    where,
    asked: `${bracketed ? `${bracket || ' '} ` : ''}${asked}`,
    came: [came !== '' && `${incoming ? '' : bad ? '→ ✗ ' : '→ '}${came}`, note && `(${note})`]
      .filter(Boolean)
      .join(' '),
    took: endless ? '' : tookMs === null ? 'no end' : duration(tookMs),
    bad,
  }))
}
