import { realNow } from '../../core/real-clock.ts'
import type { MatrixDocument, MatrixState } from './document.ts'

/** Tells what a matrix has shown while it goes on, and once more when it ends, however that comes about. */
export interface LiveDocument {
  /** Something more is known. */
  update(): void
  /** Tells it for the last time. */
  end(state: MatrixState): Promise<MatrixDocument>
  /** What has not come to its end by now was interrupted. */
  close(): Promise<void>
}

/** Where a document comes from and goes to. */
export interface LiveOptions {
  readonly make: (state: MatrixState) => MatrixDocument
  /** What it does before it waits for anything is done even when the process exits. */
  readonly tell: (document: MatrixDocument) => Promise<void>
  /** Aborted when somebody does not want to wait for the end. */
  readonly signal: AbortSignal
}

/** How much time passes between two of them, milliseconds, and by how many times what telling takes. */
const everyMs = 1000
const restFactor = 20

/** Nothing is told before the first update, unless somebody asks for it: it would only take the place of the last one. */
export function openLiveDocument({ make, tell, signal }: LiveOptions): LiveDocument {
  let next = 0
  let begun = false
  let over = false
  let telling: Promise<void> = Promise.resolve()
  const isCut = (): boolean => (begun || signal.aborted) && !over
  // A second signal does not wait for anything.
  const onExit = (): void => {
    if (isCut()) void tell(make('interrupted'))
  }
  process.once('exit', onExit)

  async function end(state: MatrixState): Promise<MatrixDocument> {
    over = true
    await telling
    const document = make(state)
    await tell(document)
    return document
  }

  return {
    end,
    update() {
      begun = true
      const at = realNow()
      if (over || at < next) return
      next = Number.POSITIVE_INFINITY
      // What cannot be written now cannot be in the end, and then somebody is told.
      telling = tell(make('running'))
        .catch(() => {})
        .then(() => void (next = realNow() + Math.max(everyMs, restFactor * (realNow() - at))))
    },
    async close() {
      process.off('exit', onExit)
      if (isCut()) await end('interrupted')
    },
  }
}
