import type { TestRef } from '../../core/exchange.ts'
import type { Cell } from '../../matrix/cell.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { MatrixCache } from './cache/matrix-cache.ts'
import type { Ran } from './observe-run.ts'

/**
 * Keeps cells for later matrices only once it is known that they have met nothing that another cell has left behind: this
 * matrix takes back what it has told of them, but not when it is killed before.
 */
export interface Proving {
  /** @param cells - In any order, and others among them. @param isProved - Nothing was run before each in its process. */
  take(ran: readonly Ran[], cells: readonly Cell[], isProved?: boolean): void
  /** Of runs of any kind, what they show of cells. */
  prove(ran: readonly Ran[]): void
  isProved(id: string): boolean
  /** Cells of this test have met something. */
  takeBack(test: TestRef): void
  /** Nothing more is shown of what was taken, and nothing was shown against it. */
  end(): void
}

export function openProving(cache: Pick<MatrixCache, 'keep'> | undefined): Proving {
  const proved = new Set<string>()
  const open = new Map<string, { readonly one: Ran; readonly cells: readonly Cell[] }>()

  function keep(isMeant: (id: string) => boolean): void {
    const meant = [...open].filter(([id]) => isMeant(id))
    for (const [id] of meant) open.delete(id)
    for (const [cells, some] of Map.groupBy(meant, ([, { cells }]) => cells)) {
      cache?.keep(
        some.map(([, { one }]) => one),
        cells,
      )
    }
  }

  return {
    take(ran, cells, isProved = false) {
      for (const one of ran) open.set(one.record.id, { one, cells })
      keep((id) => isProved || proved.has(id))
    },
    prove(ran) {
      for (const { record } of ran) for (const id of record.clears ?? []) proved.add(id)
      keep((id) => proved.has(id))
    },
    isProved: (id) => proved.has(id),
    takeBack(test) {
      const key = keyOfTest(test)
      for (const [id, { one }] of open) if (keyOfTest(one.record.test) === key) open.delete(id)
    },
    end: () => keep(() => true),
  }
}
