import { MortarError } from './errors.ts'

/** What a client is told whose question is refused: the code, then why. */
export function refusalText(error: Error): string {
  if (MortarError.is(error)) return error.message
  return `${(error as NodeJS.ErrnoException).code ?? 'MORTAR_MISS'} ${error.message}`
}
