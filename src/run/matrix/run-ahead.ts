import type { TestRef } from '../../core/exchange.ts'
import type { Baseline } from '../../matrix/baseline.ts'
import type { Cell } from '../../matrix/cell.ts'
import { traceTests } from './contract/trace-tests.ts'
import { executeCells } from './execute-cells.ts'
import type { Ran, Suite } from './suite.ts'
import { workersOf } from './workers.ts'

/**
 * Cells that are run behind a change before it is known what tests do now: most do what they did, and then these are the
 * ones that are wanted. Their workers would wait otherwise.
 */
export interface RunAhead {
  /** All that are meant, by id. */
  readonly cells: ReadonlyMap<string, Cell>
  /** How they went, as far as that is known by now. */
  readonly ran: ReadonlyMap<string, Ran>
  /** Begins no more of them, as tests do something else than they did. */
  stop(): void
  /** Hears all that is known each time more of it is. Resolves when nothing more comes. */
  hear(onRan?: (ran: ReadonlyMap<string, Ran>) => void): Promise<void>
}

/** What is likely to be wanted. */
export interface AheadOptions {
  readonly cells: readonly Cell[]
  /** Tests whose reading is watched. */
  readonly traced: readonly TestRef[]
  /** As tests were before the change. */
  readonly baselines: readonly Baseline[]
}

export function runAhead(suite: Suite, { cells, traced, baselines }: AheadOptions): RunAhead {
  const recall = new AbortController()
  const heard = new Set<(ran: ReadonlyMap<string, Ran>) => void>()
  const files = baselines.map(({ test }) => test.file)
  const most = workersOf(suite.config)
  let ran: ReadonlyMap<string, Ran> = new Map()
  let isTraced = traced.length === 0
  const own = { ...suite, recall: recall.signal }

  async function trace(): Promise<void> {
    await traceTests({ ...own, workers: () => 1 }, traced, files)
    isTraced = true
  }

  async function execute(): Promise<void> {
    // One worker is left to whom reading is watched in, as fields wait for that.
    const workers = (): number => (isTraced ? most : Math.max(1, most - 1))
    const onRan = (found: ReadonlyMap<string, Ran>): void => {
      ran = found
      for (const tell of heard) tell(found)
    }
    await executeCells(
      { ...own, workers },
      { cells, baselines, until: undefined, isGuess: true, onProgress: () => {}, onRan },
    )
  }

  const ended = Promise.all([trace(), execute()])
  // Whoever waits for it hears of it.
  ended.catch(() => {})
  return {
    cells: new Map(cells.map((cell) => [cell.id, cell])),
    get ran() {
      return ran
    },
    stop: () => recall.abort(),
    async hear(onRan = () => {}) {
      heard.add(onRan)
      if (ran.size > 0) onRan(ran)
      await ended
      heard.delete(onRan)
    },
  }
}
