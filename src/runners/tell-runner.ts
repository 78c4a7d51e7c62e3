import { MortarError } from '../core/errors.ts'

/**
 * What a runner is to print of an error that keeps it from starting: runners add where it was thrown, its causes and
 * its fields, of which the message has told already. With `MORTAR_DEBUG` they may.
 */
export function tellRunner(error: unknown): unknown {
  if (!MortarError.is(error) || process.env['MORTAR_DEBUG']) return error
  const told = new Error(error.message)
  told.name = 'MortarError'
  told.stack = `${told.name}: ${error.message}`
  return told
}
