import type { Risk } from '../core/boundary.ts'
import type { JudgedCell } from './findings.ts'
import type { Judgement } from './judgement.ts'
import { harmOf, type Verdict } from './verdict.ts'

/** What is at stake: money and data first. */
export type Harm = 'data' | 'availability' | 'noise'

const levels: readonly Harm[] = ['data', 'availability', 'noise']

const risksUpwards: readonly Risk[] = ['low', 'medium', 'high', 'critical']

/** What is at stake where something bad was found. */
export function harmLevel({ verdict, minor }: Pick<Judgement, 'verdict' | 'minor'>): Harm {
  return minor ? 'noise' : harmOfVerdict(verdict)
}

function harmOfVerdict(verdict: Verdict): Harm {
  switch (verdict) {
    case 'duplicate':
    case 'false-success':
    case 'inconsistent':
      return 'data'
    case 'unnoticed':
    case 'unrelated-error':
    case 'leak':
      return 'noise'
    default:
      return 'availability'
  }
}

/** The highest risk of the boundaries that a cell is about: where the fault struck, and where effects differ. */
export function riskOf({ shown, judgement }: JudgedCell, risks: ReadonlyMap<string, Risk>): Risk {
  const names = [shown.cell.boundary, ...(judgement.differences ?? []).map(({ boundary }) => boundary)]
  const all = names.map((name) => risks.get(name) ?? 'medium')
  return all.toSorted((a, b) => risksUpwards.indexOf(b) - risksUpwards.indexOf(a))[0]!
}

/** The more harmful first: by what is at stake, how risky the boundaries are, how many effects differ, and the verdict. */
export function byHarm(a: JudgedCell, b: JudgedCell, risks: ReadonlyMap<string, Risk>): number {
  const level = ({ judgement }: JudgedCell): number => levels.indexOf(harmLevel(judgement))
  const risk = (one: JudgedCell): number => risksUpwards.indexOf(riskOf(one, risks))
  const effects = ({ shown: { missing, extra } }: JudgedCell): number => missing.length + extra.length
  return (
    level(a) - level(b) ||
    risk(b) - risk(a) ||
    harmOf(a.judgement.verdict) - harmOf(b.judgement.verdict) ||
    effects(b) - effects(a)
  )
}
