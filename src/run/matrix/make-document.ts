import { realNow } from '../../core/real-clock.ts'
import { type AllowRule, isExpired, ruleFor } from '../../matrix/allow.ts'
import { type Baseline, referenceOf } from '../../matrix/baseline.ts'
import type { Cell } from '../../matrix/cell.ts'
import { findingsOf, type JudgedCell, siteOf } from '../../matrix/findings.ts'
import { harmLevel, riskOf } from '../../matrix/harm.ts'
import { weaknessesOf } from '../../matrix/weaknesses.ts'
import { isBad, type Verdict } from '../../matrix/verdict.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { shellLine } from '../shell-line.ts'
import { collectExchanges } from './exchange-document.ts'
import type { CellDocument, FindingDocument, MatrixDocument, MatrixState, Share, WeaknessDocument } from './document.ts'
import { timelineLines } from './timeline-lines.ts'

/** All that a matrix has shown. */
export interface DocumentInput {
  readonly at: number
  readonly config: LoadedConfig
  readonly command: string | readonly string[]
  readonly baselines: readonly Baseline[]
  readonly judged: readonly (JudgedCell & { readonly confirmed?: boolean })[]
  readonly unconfirmed: number
  readonly leftOut: readonly Cell[]
  readonly state: MatrixState
}

/** Puts what a matrix has shown into the form in which it is kept. */
export function makeDocument(input: DocumentInput): MatrixDocument {
  const { at, config, command, baselines, leftOut, unconfirmed, state } = input
  const rules = config.matrix.allow ?? []
  // A line stands in the config, words were typed.
  const typed = typeof command === 'string' ? '' : ` -- ${shellLine(command)}`
  const expired = new Set<AllowRule>()
  const exchanges = collectExchanges()
  const judged = input.judged.map((one) => allow(one, rules, expired))
  const risks = new Map(config.boundaries.map(({ name, input: { risk = 'medium' } }) => [name, risk]))
  return {
    version: 1,
    at,
    durationMs: realNow() - at,
    command: typeof command === 'string' ? command : shellLine(command),
    tests: {
      stable: baselines.filter(({ state }) => state === 'stable').length,
      excluded: baselines.flatMap(({ test, state, why }) => (state === 'stable' ? [] : [{ test, state, why }])),
    },
    findings: findingsOf(judged, risks).map((finding): FindingDocument => {
      const { shown, judgement } = finding.best
      const { cell, fault, observation, baseline } = shown
      return {
        sentence: finding.sentence,
        verdict: judgement.verdict,
        oracle: judgement.oracle,
        boundary: cell.boundary,
        operation: cell.operation,
        fault: cell.fault,
        operations: finding.operations,
        faults: finding.faults,
        key: finding.key,
        harm: harmLevel(judgement.verdict),
        risk: riskOf(finding.best, risks),
        test: cell.test,
        ...(finding.site !== undefined && { site: finding.site }),
        expected: fault.expected,
        evidence: judgement.evidence,
        cells: [cell.id, ...finding.cells.map((one) => one.shown.cell.id).filter((id) => id !== cell.id)],
        reproduce: `mortar matrix --cell ${cell.id}${typed}`,
        clean: timelineLines(referenceOf(baseline)),
        faulted: timelineLines(observation, cell),
      }
    }),
    weaknesses: weaknessesOf(judged).map(({ sentence, cells, operations, faults }): WeaknessDocument => {
      const { shown } = cells[0]!
      const site = siteOf(shown)
      return {
        sentence,
        boundary: shown.cell.boundary,
        operations,
        faults,
        expected: shown.fault.expected,
        cells: cells.map((one) => one.shown.cell.id),
        test: shown.cell.test,
        ...(site !== undefined && { site }),
        reproduce: `mortar matrix --cell ${shown.cell.id}${typed}`,
      }
    }),
    cells: judged.map(({ shown, judgement, confirmed }): CellDocument => {
      const site = siteOf(shown)
      const { durationMs } = shown.observation
      const exchange = exchanges.idOf(shown)
      return {
        ...shown.cell,
        ...judgement,
        durationMs,
        ...(site !== undefined && { site }),
        ...(confirmed !== undefined && { confirmed }),
        ...(exchange !== undefined && { exchange }),
      }
    }),
    exchanges: exchanges.all,
    leftOut,
    unconfirmed,
    expiredRules: [...expired],
    resilience: shareOf(judged, 'error', ['handled', 'degraded']),
    vigilance: shareOf(judged, 'corruption', ['noticed', 'handled']),
    contracts: [],
    contractCoverage: { good: 0, of: 0 },
    state,
  }
}

function allow<T extends JudgedCell>(one: T, rules: readonly AllowRule[], expired: Set<AllowRule>): T {
  const { verdict, what } = one.judgement
  const rule = isBad(verdict) ? ruleFor(rules, one.shown.cell, verdict) : undefined
  if (!rule) return one
  if (isExpired(rule, realNow())) {
    expired.add(rule)
    return one
  }
  const reason = `${verdict}: ${what}; allowed until ${rule.until}: ${rule.reason}`
  return { ...one, judgement: { ...one.judgement, verdict: 'allowed', oracle: '', what: reason } }
}

function shareOf(judged: readonly JudgedCell[], family: Cell['family'], good: readonly Verdict[]): Share {
  const decided = judged.filter(
    ({ shown, judgement: { verdict } }) => shown.cell.family === family && (good.includes(verdict) || isBad(verdict)),
  )
  return { good: decided.filter(({ judgement }) => good.includes(judgement.verdict)).length, of: decided.length }
}
