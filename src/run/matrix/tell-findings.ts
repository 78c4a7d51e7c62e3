import { type AcceptedFinding, compareAccepted } from '../../matrix/accepted.ts'
import { referenceOf } from '../../matrix/baseline.ts'
import { type Finding, findingsOf, type JudgedCell, lineOf } from '../../matrix/findings.ts'
import { harmLevel, riskOf } from '../../matrix/harm.ts'
import { weaknessesOf } from '../../matrix/weaknesses.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import type { FindingDocument, WeaknessDocument } from './document.ts'
import { suggestedTest } from './suggested-test.ts'
import { timelineLines } from './timeline-lines.ts'

/** What has to be known besides the cells. */
export interface TellOptions {
  readonly config: LoadedConfig
  /** What follows `npx mortar matrix --cell ID` to show it again: ` -- pytest`; may be empty. */
  readonly reproduceBy: string
  /** What was accepted before. */
  readonly accepted: readonly AcceptedFinding[]
}

/** Findings as they are told of, the most harmful first. */
export function tellFindings(judged: readonly JudgedCell[], options: TellOptions): readonly FindingDocument[] {
  const risks = new Map(options.config.boundaries.map(({ name, input: { risk = 'medium' } }) => [name, risk]))
  const findings = findingsOf(judged, risks)
  const { entries, partly } = compareAccepted(findings, options.accepted)
  return findings.map((finding, i): FindingDocument => {
    const { best, cells, sentence, key, operations, faults, site } = finding
    const { cell, fault, observation, baseline } = best.shown
    const { verdict, oracle, evidence } = best.judgement
    const entry = entries[i]
    return {
      sentence,
      verdict,
      oracle,
      boundary: cell.boundary,
      operation: cell.operation,
      fault: cell.fault,
      operations,
      faults,
      key,
      harm: harmLevel(best.judgement),
      risk: riskOf(best, risks),
      ...(entry && { accepted: entry.reason === undefined ? {} : { reason: entry.reason } }),
      ...(partly[i] && { newAt: operations.filter((one) => !partly[i]!.operations?.includes(one)) }),
      test: cell.test,
      ...(site !== undefined && { site }),
      expected: best.judgement.advice ?? fault.expected,
      evidence,
      cells: idsOf({ best, cells }),
      reproduce: `npx mortar matrix --cell ${cell.id}${options.reproduceBy}`,
      suggestedTest: suggestedTest(best, options.config),
      clean: timelineLines(referenceOf(baseline)),
      faulted: timelineLines(observation, cell),
    }
  })
}

/** Weaknesses as they are told of. */
export function tellWeaknesses(
  judged: readonly JudgedCell[],
  { reproduceBy }: TellOptions,
): readonly WeaknessDocument[] {
  return weaknessesOf(judged).map(({ sentence, cells, operations, faults }): WeaknessDocument => {
    const { shown } = cells[0]!
    const { cell, fault } = shown
    const site = lineOf(shown)
    return {
      sentence,
      boundary: cell.boundary,
      operations,
      faults,
      expected: fault.expected,
      cells: cells.map((one) => one.shown.cell.id),
      test: cell.test,
      ...(site !== undefined && { site }),
      reproduce: `npx mortar matrix --cell ${cell.id}${reproduceBy}`,
    }
  })
}

function idsOf({ best, cells }: Pick<Finding, 'best' | 'cells'>): readonly string[] {
  return [best, ...cells.filter((one) => one !== best)].map(({ shown }) => shown.cell.id)
}
