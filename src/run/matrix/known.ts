import type { ProvedOperation } from '../../core/proved-contract.ts'
import type { Baseline } from '../../matrix/baseline.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { LeftOutPair } from '../../matrix/pairs.ts'
import type { Confirmed } from './confirm.ts'
import type { MatrixDocument } from './document.ts'
import { type DocumentInput, makeDocument } from './make-document.ts'
import type { BrokenFile } from './plan-file.ts'
import type { UnendedTest } from './run-all.ts'

/** What is known so far. */
export interface Known {
  baselines: readonly Baseline[]
  broken: readonly BrokenFile[]
  unended: readonly UnendedTest[]
  /** Cells with one fault, with two, and with fields changed. */
  readonly parts: { ordinary: KnownCells; pairs: KnownCells; fields: KnownCells }
  /** Cells that are known from an earlier matrix, and its name. */
  readonly from: Map<string, string>
  contracts: readonly ProvedOperation[]
  /** Programs that were written to while it ran. */
  edited: readonly string[]
  /** Those that were not even planned, as there are enough. */
  leftOutPairs: readonly LeftOutPair[]
}

export interface KnownCells {
  readonly planned: readonly Cell[]
  readonly judged: Confirmed['confirmed']
  readonly unconfirmed: number
}

export const nothingYet: KnownCells = { planned: [], judged: [], unconfirmed: 0 }

export function inAll({ parts: { ordinary, pairs, fields } }: Known): KnownCells {
  const all = [ordinary, pairs, fields]
  return {
    planned: all.flatMap(({ planned }) => planned),
    judged: all.flatMap(({ judged }) => judged),
    unconfirmed: all.reduce((sum, { unconfirmed }) => sum + unconfirmed, 0),
  }
}

/** What is known, for whoever is to read it. */
export function documentOf(
  { parts, ...known }: Known,
  about: Omit<DocumentInput, keyof KnownCells | Exclude<keyof Known, 'parts'> | 'leftOut'>,
): MatrixDocument {
  const all = inAll({ parts, ...known })
  const seen = new Set(all.judged.map(({ shown }) => shown.cell.id))
  return makeDocument({ ...about, ...known, ...all, leftOut: all.planned.filter(({ id }) => !seen.has(id)) })
}
