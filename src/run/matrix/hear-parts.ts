import { realNow } from '../../core/real-clock.ts'
import { tailLines } from '../../files/tail-lines.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { Ran, RunObserver } from './observe-run.ts'
import { journalName, parseLines, type ResultLine, resultsOf, type RunRecord } from './plan-file.ts'
import type { SuitePart } from './suite.ts'

/** Hears of runs of tests while their process goes on. */
export interface Hearing {
  /** Those that were told of. */
  readonly ran: readonly Ran[]
  stop(): Promise<void>
}

/** Who sees what a process writes, and who hears of it. */
export interface HearingOptions {
  readonly observer: RunObserver
  readonly onPart: (part: SuitePart) => void
}

/** How much time passes between two looks, milliseconds, and by how many times what a look takes. */
const everyMs = 1000
const restFactor = 20

/** Looks now and then at what a process has written; what it has come to by then survives us. */
export function hearParts(planFile: string, { observer, onPart }: HearingOptions): Hearing {
  const ran: Ran[] = []
  const known = new Set<string>()
  const tail = tailLines(resultsOf(planFile))
  /** The journal may be a moment behind, so of what is new runs are left for the next time. */
  let waiting: readonly RunRecord[] = []
  let loaded: SuitePart['loaded'] = []
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  const later = (ms: number): void => {
    timer = setTimeout(() => (looking = look().catch(() => {})), ms)
  }

  async function look(): Promise<void> {
    const at = realNow()
    const ready = waiting.filter((record) => !known.has(nameOf(record)))
    const lines = parseLines<ResultLine>(tail.read())
    waiting = lines.filter((line) => line.t === 'ran')
    loaded = [...loaded, ...lines.filter((line) => line.t === 'loaded' || line.t === 'uses')]
    if (ready.length > 0) {
      const part = await observer.observe(ready)
      for (const record of ready) known.add(nameOf(record))
      ran.push(...part)
      onPart({ ran: part, loaded })
      loaded = []
    }
    later(Math.max(everyMs, restFactor * (realNow() - at)))
  }
  later(everyMs)

  return {
    ran,
    async stop() {
      await looking
      clearTimeout(timer)
    },
  }
}

function nameOf(record: RunRecord): string {
  return keyOfTest(journalName(record))
}
