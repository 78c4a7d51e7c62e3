import { anyText } from '../core/any-value.ts'
import type { ErrorCode } from '../core/error-codes.ts'
import { MortarError } from '../core/errors.ts'
import { painter } from '../run/terminal-text.ts'

const verdicts: ReadonlySet<ErrorCode> = new Set([
  'MORTAR_MISS',
  'MORTAR_UNKNOWN_DESTINATION',
  'MORTAR_CASSETTE_STALE',
  'MORTAR_SECRET_DETECTED',
  'MORTAR_TEST_COMMAND_FAILED',
  'MORTAR_TEST_FAILED',
  'MORTAR_TEST_UNFINISHED',
  'MORTAR_TEST_RETRIED',
  'MORTAR_VACUOUS',
])

/** The exit code an error ends the command line with: 1 for a verdict, 2 for usage, 3 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (!MortarError.is(error)) return 3
  return error.code === 'MORTAR_USAGE' ? 2 : verdicts.has(error.code) ? 1 : 3
}

/** An error as the command line prints it. A stack trace is shown only when `MORTAR_DEBUG` is set. */
export function printError(
  error: unknown,
  { json, color, env }: { json: boolean; color: boolean; env: Readonly<Record<string, string | undefined>> },
): string {
  const known = MortarError.is(error) ? error : internal(error)
  const { code } = known
  const debug = env.MORTAR_DEBUG === '1' && error instanceof Error ? error.stack : undefined
  if (json) return JSON.stringify({ error: { ...errorDocument(known), stack: debug } }, null, 2)
  const paint = painter(color)
  const lines = known.toString().split('\n')
  const text = lines.map((line, at) => {
    if (at === 0) return line.replace(code, paint(code, 'bold', 'red'))
    return line.startsWith('→ ') ? paint(line, 'cyan') : line
  })
  return [...text, ...(debug === undefined ? [] : [debug])].join('\n')
}

/** The parts of an error, for JSON. */
export function errorDocument({ code, reason, where, expected, seen, hint }: MortarError): object {
  return { code, message: reason, where, expected, seen, hint }
}

function internal(error: unknown): MortarError {
  const message = error instanceof Error ? error.message || error.name : anyText(error)
  return new MortarError('MORTAR_INTERNAL', `something went wrong that Mortar did not expect: ${message}`, {
    cause: error,
  })
}
