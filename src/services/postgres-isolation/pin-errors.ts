import { readFields } from '../../protocols/postgres/decode.ts'
import { errorResponse } from '../../protocols/postgres/encode.ts'
import type { PostgresError } from '../../protocols/postgres/message.ts'
import type { PinPitfall } from './pin-pitfall.ts'
import type { SeatNames } from './seat-names.ts'

const marker = 'mortar: '

/** A statement that fails in place of the one that is refused. */
export function markedBy({ kind }: PinPitfall): string {
  return `SELECT FROM "${marker}${kind}"`
}

/** An error that a statement of ours met, for the client. */
export function failure({ code, message, detail, constraint, table }: PostgresError): Buffer {
  return errorResponse({
    S: 'ERROR',
    V: 'ERROR',
    C: code,
    M: message,
    ...(detail !== undefined && { D: detail }),
    ...(table !== undefined && { t: table }),
    ...(constraint !== undefined && { n: constraint }),
  })
}

/**
 * An error as its client should see it: with the client's own names, and with the reason where Mortar refused the
 * statement.
 */
export function rewriteError(bytes: Buffer, names: SeatNames, refused: PinPitfall | undefined): Buffer {
  if (refused && bytes.includes(marker))
    return errorResponse({
      S: 'ERROR',
      V: 'ERROR',
      C: '0A000',
      M: `${refused.kind}: ${refused.reason} (Mortar, isolation pin)`,
      H: "Use isolation: 'swap' for this boundary.",
    })
  if (!names.named(bytes)) return bytes
  const fields = Object.entries(readFields(bytes.subarray(5)))
  return errorResponse(Object.fromEntries(fields.map(([letter, text]) => [letter, names.plain(text)])))
}
