import { errorHints } from '../../core/error-codes.ts'
import { plural } from '../../core/wording.ts'
import type { AppliedRule } from '../../timeline/finding-rules.ts'
import type { SummaryInput } from './input.ts'
import { concerning, type RankedFinding } from './ranked-finding.ts'
import type { IgnoredFindings } from './types.ts'

/** What rules of the config have kept out of the findings. */
export function ignoredFindings({ observed }: SummaryInput): readonly IgnoredFindings[] {
  return (observed?.ignored ?? []).map(({ rule, count }) => {
    const { code, boundary = null, operation = null, test = null, reason, until = null } = rule
    return { code, boundary, operation, test, reason, until, count }
  })
}

/** Rules that hold no longer: somebody wanted to be reminded. */
export function expiredFindings({ observed }: SummaryInput): readonly RankedFinding[] {
  return (observed?.expired ?? []).map(expiredFinding)
}

function expiredFinding({ rule, count }: AppliedRule): RankedFinding {
  const { code, boundary, operation, test, reason, until } = rule
  const about = [boundary, operation, test].filter((part) => part !== undefined).join(', ')
  const applies =
    count === 0 ? 'It would apply to nothing in this run.' : `${plural(count, 'finding')} of this run would be ignored.`
  return {
    harm: 'rule-expired',
    risk: 'medium',
    severity: 'warning',
    code: 'MORTAR_RULE_EXPIRED',
    title: `${code}${about === '' ? '' : ` of ${about}`} was to be ignored until ${until}: ${reason}`,
    detail: applies,
    fix: errorHints.MORTAR_RULE_EXPIRED,
    command: null,
    boundary: boundary ?? null,
    ...concerning([]),
  }
}
