import { type ErrorCode, errorHints } from './error-codes.ts'
import { hideOwnFrames } from './own-frames.ts'

/** What an error can say besides what happened. All of it stands in its message. */
export interface ErrorDetails {
  /** Where it happened: a file and line, a boundary, an address. */
  readonly where?: string
  readonly expected?: string
  readonly seen?: string
  /** Replaces the hint of the table when there is a more exact one. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * A failure that Mortar expected and can explain; anything else that escapes is a bug in Mortar.
 *
 * Its `message` is all there is to say: `CODE  what happened`, the details, then `→ hint`. Test runners and clients
 * that wrap errors show nothing else.
 */
export class MortarError extends Error {
  override readonly name = 'MortarError'
  readonly code: ErrorCode
  /** What happened, without the rest of the message. */
  declare readonly reason: string
  declare readonly hint: string
  declare readonly where: string | undefined
  declare readonly expected: string | undefined
  declare readonly seen: string | undefined

  constructor(code: ErrorCode, reason: string, details: ErrorDetails = {}) {
    const { cause, hint = errorHints[code], where, expected, seen } = details
    super(written(code, reason, { where, expected, seen, hint }), cause === undefined ? undefined : { cause })
    this.code = code
    // Whoever prints the properties of an error beside its message would say it all twice.
    for (const [name, value] of Object.entries({ reason, hint, where, expected, seen })) {
      if (value !== undefined) Object.defineProperty(this, name, { value })
    }
    hideOwnFrames(this)
  }

  /** True for errors of any copy of this package, so that two installed copies do not confuse each other. */
  static is(error: unknown, code?: ErrorCode): error is MortarError {
    return (
      error instanceof Error &&
      error.name === 'MortarError' &&
      'code' in error &&
      (code === undefined || error.code === code)
    )
  }

  /** The error as the command line prints it. */
  override toString(): string {
    return this.message
  }
}

function written(
  code: ErrorCode,
  reason: string,
  {
    where,
    expected,
    seen,
    hint,
  }: Readonly<Record<'where' | 'expected' | 'seen', string | undefined>> & { hint: string },
): string {
  const details = [
    where && `   where: ${where}`,
    expected && `expected: ${expected}`,
    seen && `    seen: ${seen}`,
  ].filter(Boolean)
  // An explanation of several lines ends with what to do already.
  const rest = reason.includes(hint) ? [] : [`→ ${hint}`]
  return [`${code}  ${reason}`, ...details, ...rest].join('\n')
}
