import { errorHints } from '../../core/error-codes.ts'
import { allowedBy, type AllowRule } from '../../matrix/allow.ts'
import { plural } from '../../core/wording.ts'
import type { FindingDocument } from '../matrix/document.ts'
import type { CheckedMatrix, SummaryInput } from './input.ts'
import { concerning, type RankedFinding } from './ranked-finding.ts'
import type { MatrixSummary } from './types.ts'

/** What the failure matrix has shown, as findings of the run; what was accepted is left out, unless it is to fail the run. */
export function matrixFindings({ matrix }: SummaryInput): readonly RankedFinding[] {
  if (!matrix) return []
  if ('problem' in matrix) return [problemFinding(matrix.problem)]
  const { document, failOn } = matrix
  const severity = failOn === 'never' ? 'warning' : 'error'
  return [
    ...countedOf(matrix).map((one) => cellFinding(one, severity)),
    ...document.expiredRules.map((rule) => expiredFinding(rule, severity)),
    ...(document.cells.length === 0 && document.state === 'finished' ? [nothingTried(document.leftOut.length)] : []),
  ]
}

/** Why the failure matrix fails the run, one phrase each. */
export function matrixReasons({ matrix }: SummaryInput): readonly string[] {
  if (!matrix) return []
  if ('problem' in matrix) return isProblem(matrix.problem) ? ['the failure matrix could not be run'] : []
  const { document, failOn } = matrix
  if (failOn === 'never') return []
  const counted = countedOf(matrix).length
  const expired = document.expiredRules.length
  return [
    ...(counted > 0 ? [`${plural(counted, 'finding')} of the failure matrix`] : []),
    ...(expired > 0 ? [`${plural(expired, 'rule')} of \`matrix.allow\` expired`] : []),
  ]
}

function countedOf({
  document,
  failOn,
}: Extract<CheckedMatrix, { readonly document: unknown }>): readonly FindingDocument[] {
  return document.findings.filter(({ accepted }) => failOn === 'bad' || accepted === undefined)
}

/** The numbers of the failure matrix; null when it was not run. */
export function matrixSummary({ matrix }: SummaryInput): MatrixSummary | null {
  if (!matrix || 'problem' in matrix) return null
  const { state, durationMs, cells, leftOut, findings, weaknesses, ...document } = matrix.document
  const { resilience, vigilance, contractCoverage } = document
  return {
    state,
    durationMs,
    cells: cells.length,
    leftOut: leftOut.length,
    findings: findings.length,
    accepted: findings.filter(({ accepted }) => accepted !== undefined).length,
    weaknesses: weaknesses.length,
    resilience,
    vigilance,
    contractCoverage,
    page: matrix.page,
  }
}

const plain = { harm: 'rule-expired', risk: 'medium', detail: '', command: null, ...concerning([]) } as const

const harms = {
  data: 'matrix-data',
  availability: 'matrix-availability',
  noise: 'matrix-noise',
} as const

function cellFinding(
  { sentence, verdict, harm, risk, expected, evidence, reproduce, boundary, test, cells }: FindingDocument,
  severity: RankedFinding['severity'],
): RankedFinding {
  return {
    harm: harms[harm],
    risk,
    severity,
    code: verdict,
    title: sentence,
    detail: evidence.join('\n'),
    fix: `Good code would ${expected}.`,
    command: reproduce,
    boundary,
    ...concerning([test]),
    cell: cells[0]!,
  }
}

function nothingTried(leftOut: number): RankedFinding {
  const title =
    leftOut > 0
      ? `The failure matrix tried nothing: its time was over before the first of ${leftOut} cells`
      : 'The failure matrix tried nothing: the program asks nothing, in stable tests, that could go wrong'
  const fix = leftOut > 0 ? 'Give it a longer `matrix.budget`.' : errorHints.MORTAR_VACUOUS
  return { ...plain, harm: 'nothing-crossed', severity: 'warning', code: 'MORTAR_VACUOUS', title, fix, boundary: null }
}

function expiredFinding(rule: AllowRule, severity: RankedFinding['severity']): RankedFinding {
  const { reason, until, boundary } = rule
  const title = `A bad verdict was allowed until ${until} (${allowedBy(rule)}): ${reason}`
  const fix = 'Mend what the rule was for and take it out of `matrix.allow`, or give it another day.'
  return { ...plain, severity, code: 'MORTAR_RULE_EXPIRED', title, fix, boundary: boundary ?? null }
}

type Problem = Extract<CheckedMatrix, { readonly problem: unknown }>['problem']

/** That nothing crosses a boundary is told of as such. */
function isProblem({ code }: Problem): boolean {
  return code !== 'MORTAR_MATRIX_NO_TESTS'
}

function problemFinding(problem: Problem): RankedFinding {
  const { code, reason, hint } = problem
  const severity = isProblem(problem) ? 'error' : 'warning'
  const title = `The failure matrix could not be run: ${reason}`
  return { ...plain, harm: 'nothing-crossed', severity, code, title, fix: hint, boundary: null }
}
