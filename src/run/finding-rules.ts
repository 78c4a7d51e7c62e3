import { anyText } from '../core/any-value.ts'
import { closestWord } from '../core/closest-word.ts'
import { MortarError } from '../core/errors.ts'
import { timelineHints } from '../timeline/finding.ts'
import { type Check, checkShape, type Shape, string } from './check-shape.ts'

const codes = Object.keys(timelineHints)

/** A day of the calendar. */
export const day: Check = {
  expected: 'a day such as 2026-12-31',
  accepts: (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d$/.test(value) &&
    // The day after the last one of a month is read as one of the next month.
    !Number.isNaN(Date.parse(value)) &&
    new Date(value).toISOString().startsWith(value),
}

const ruleShape: Shape = { code: string, boundary: string, operation: string, test: string, reason: string, until: day }

/**
 * Holds `findings` of a config against what there is.
 *
 * @param boundaries - Names of the boundaries of the config.
 * @throws MortarError `MORTAR_CONFIG_UNKNOWN_KEY`, `MORTAR_CONFIG_INVALID`
 */
export function checkFindingRules(
  { ignore = [], fail = [] }: { readonly ignore?: readonly unknown[]; readonly fail?: readonly unknown[] },
  boundaries: readonly string[],
  where: string,
): void {
  for (const [at, code] of fail.entries()) refuseUnknown(code, codes, `findings.fail[${at}]`, 'finding', where)
  for (const [at, rule] of ignore.entries()) {
    const path = `findings.ignore[${at}]`
    checkShape(rule, ruleShape, where, path)
    const { code, boundary, reason } = rule as Readonly<Record<string, unknown>>
    if (code === undefined) throw missing(`${path}.code`, 'the code of a finding', where)
    if (reason === undefined) throw missing(`${path}.reason`, 'why it is to be ignored, in a sentence', where)
    refuseUnknown(code, codes, `${path}.code`, 'finding', where)
    if (boundary !== undefined) refuseUnknown(boundary, boundaries, `${path}.boundary`, 'boundary', where)
  }
}

/** The error for a key that has to be there. */
export function missing(path: string, expected: string, where: string): MortarError {
  return new MortarError('MORTAR_CONFIG_INVALID', `\`${path}\` is missing`, { where, expected })
}

/** @throws MortarError `MORTAR_CONFIG_INVALID` for a word that is none of `known`, naming the nearest one */
export function refuseUnknown(
  word: unknown,
  known: readonly string[],
  path: string,
  what: string,
  where: string,
): void {
  if (known.includes(word as string)) return
  const near = closestWord(anyText(word), known)
  throw new MortarError('MORTAR_CONFIG_INVALID', `\`${path}\` names no ${what}`, {
    where,
    expected: known.length > 0 ? `one of ${known.join(', ')}` : `a ${what} of the config`,
    seen: anyText(word),
    ...(near !== undefined && { hint: `Did you mean \`${near}\`?` }),
  })
}
