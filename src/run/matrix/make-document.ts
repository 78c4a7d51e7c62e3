import { realNow } from '../../core/real-clock.ts'
import { type AcceptedFinding, compareAccepted } from '../../matrix/accepted.ts'
import { type AllowRule, isExpired, ruleFor } from '../../matrix/allow.ts'
import { askedOnce } from '../../matrix/asked-once.ts'
import type { Baseline } from '../../matrix/baseline.ts'
import type { ProvedOperation } from '../../core/proved-contract.ts'
import type { Cell } from '../../matrix/cell.ts'
import { coverageOf } from '../../matrix/contract/proved-operation.ts'
import { type JudgedCell, placeOfMistake } from '../../matrix/findings.ts'
import type { Observation } from '../../matrix/observation.ts'
import type { LeftOutPair } from '../../matrix/pairs.ts'
import { type PlanOptions, stableBaselines } from '../../matrix/plan.ts'
import { isBad, type Verdict } from '../../matrix/verdict.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { shellLine } from '../shell-line.ts'
import { tellFindings, tellWeaknesses } from './tell-findings.ts'
import { collectExchanges } from './exchange-document.ts'
import type { BrokenFile } from './plan-file.ts'
import type { UnendedTest } from './run-all.ts'
import type { CellDocument, MatrixDocument, MatrixState, Share } from './document.ts'

/** All that a matrix has shown. */
export interface DocumentInput {
  readonly at: number
  readonly config: LoadedConfig
  readonly command: string | readonly string[]
  readonly baselines: readonly Baseline[]
  /** Files of tests of which none could be run. */
  readonly broken: readonly BrokenFile[]
  readonly unended: readonly UnendedTest[]
  readonly judged: readonly (JudgedCell & { readonly confirmed?: boolean })[]
  readonly unconfirmed: number
  /** Cells that are known from an earlier matrix, and its name. */
  readonly from: ReadonlyMap<string, string>
  readonly contracts: readonly ProvedOperation[]
  readonly leftOut: readonly Cell[]
  /** Pairs that were not even planned. */
  readonly leftOutPairs: readonly LeftOutPair[]
  /** Programs that were written to meanwhile. */
  readonly edited: readonly string[]
  readonly state: MatrixState
  /** What was accepted before. */
  readonly accepted: readonly AcceptedFinding[]
  /** Which tests are judged. */
  readonly narrow: Pick<PlanOptions, 'test' | 'exclude'>
  /** Only a part of the tests, boundaries or faults was to be tried. */
  readonly narrowed: boolean
}

/** Puts what a matrix has shown into the form in which it is kept. */
export function makeDocument(input: DocumentInput): MatrixDocument {
  const {
    at,
    config,
    command,
    baselines,
    leftOut,
    leftOutPairs,
    edited,
    unconfirmed,
    contracts,
    state,
    accepted,
    narrowed,
  } = input
  const rules = config.matrix.allow ?? []
  // A line stands in the config, words were typed.
  const typed = typeof command === 'string' ? '' : ` -- ${shellLine(command)}`
  const expired = new Set<AllowRule>()
  const used = new Set<AllowRule>()
  const exchanges = collectExchanges()
  const judged = input.judged.map((one) => allow(one, rules, { expired, used }))
  const how = { config, reproduceBy: typed, accepted }
  const findings = tellFindings(judged, how)
  const unread = input.broken.map(({ file, why }) => {
    return { test: { file, name: file }, state: 'failing' as const, why: `none of its tests ran: ${why}` }
  })
  const blockedMs = blockedBy([
    ...baselines.flatMap(({ runs }) => runs),
    ...input.judged.map(({ shown }) => shown.observation),
  ])
  const unstable = baselines.flatMap(({ test, state, why }) => (state === 'stable' ? [] : [{ test, state, why }]))
  const unended = input.unended.map((one) => ({ ...one, state: 'failing' as const }))
  const excluded = [...unread, ...unended, ...unstable]
  // What tests a failure itself is not there to be judged.
  const isJudged = excluded.every((one) => one.state === 'armed')
  const isAll = leftOut.length + leftOutPairs.length + edited.length === 0
  const isWhole = !narrowed && state === 'finished' && isAll && isJudged && typeof command === 'string'
  const once = askedOnce(stableBaselines(baselines, input.narrow))
  return {
    version: 1,
    at,
    durationMs: realNow() - at,
    isWhole,
    command: typeof command === 'string' ? command : shellLine(command),
    tests: {
      stable: stableBaselines(baselines, input.narrow).length,
      excluded,
    },
    findings,
    noLongerFound: isWhole ? compareAccepted(findings, accepted).gone : [],
    weaknesses: tellWeaknesses(judged, how),
    cells: judged.map(({ shown, judgement, confirmed }): CellDocument => {
      const site = placeOfMistake({ shown, judgement })
      const { durationMs } = shown.observation
      const exchange = exchanges.idOf(shown)
      return {
        ...withoutAnswer(shown.cell),
        ...judgement,
        durationMs,
        ...(site !== undefined && { site }),
        ...(input.from.has(shown.cell.id) && { cached: true as const, ranBy: input.from.get(shown.cell.id)! }),
        ...(confirmed !== undefined && { confirmed }),
        ...(exchange !== undefined && { exchange }),
      }
    }),
    exchanges: exchanges.all,
    leftOut: leftOut.map(withoutAnswer),
    ...(leftOutPairs.length > 0 && { leftOutPairs: leftOutPairs.map(withoutAnswer) }),
    ...(edited.length > 0 && { edited }),
    ...(leftOut.length > 0 && blockedMs > 0 && { blockedMs }),
    unconfirmed,
    ...(once.length > 0 && { askedOnce: once }),
    expiredRules: [...expired],
    unusedRules: isWhole ? rules.filter((rule) => !used.has(rule)) : [],
    resilience: shareOf(judged, 'error', ['handled', 'degraded']),
    vigilance: shareOf(
      // Whether a program depends on a single field cannot be decided where nobody minds: contract coverage counts these.
      judged.filter(({ shown }) => shown.cell.detail === undefined),
      'corruption',
      ['noticed', 'handled'],
    ),
    contracts,
    contractCoverage: coverageOf(contracts),
    state,
  }
}

function blockedBy(runs: readonly Observation[]): number {
  return runs.reduce((sum, { waited }) => sum + (waited?.until === 'spinning' ? waited.ms : 0), 0)
}

/** What the program once said stands in the exchange. */
function withoutAnswer<T extends Cell>({ answered: _answered, ...cell }: T): Omit<T, 'answered'> {
  return cell
}

function allow<T extends JudgedCell>(
  one: T,
  rules: readonly AllowRule[],
  { expired, used }: { readonly expired: Set<AllowRule>; readonly used: Set<AllowRule> },
): T {
  const { verdict, what } = one.judgement
  const rule = isBad(verdict) ? ruleFor(rules, one.shown.cell, verdict) : undefined
  if (!rule) return one
  used.add(rule)
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
