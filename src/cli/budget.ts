import { parseDuration } from '../core/duration.ts'
import { usageError } from './usage-error.ts'

/**
 * How long a failure matrix may take; nothing when nobody says.
 *
 * @throws MortarError `MORTAR_USAGE`
 */
export function budgetOf(text: string | undefined): { readonly budgetMs?: number } {
  if (text === undefined) return {}
  const budgetMs = parseDuration(text)
  if (budgetMs === undefined) throw usageError(`\`${text}\` is no time`, 'Write it as `60s` or `10m`.')
  return { budgetMs }
}
