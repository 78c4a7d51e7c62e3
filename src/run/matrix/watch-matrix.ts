import { MortarError } from '../../core/errors.ts'
import { realNow } from '../../core/real-clock.ts'
import { watchFiles } from '../watch-files.ts'
import { source, unread } from './cache/inputs.ts'
import type { MatrixCache } from './cache/matrix-cache.ts'
import { projectFiles } from './cache/project-files.ts'
import type { MatrixDocument } from './document.ts'
import { type MatrixOptions, openCache, runMatrix, suiteOn } from './run-matrix.ts'
import { openStage } from './stage.ts'

/** Who hears of matrices that are run one after another. */
export interface WatchOptions {
  /** One is over. */
  readonly onShown: (document: MatrixDocument) => Promise<void>
  /** One could not be run, as somebody may be in the midst of a change. */
  readonly onProblem: (problem: MortarError) => void
  /** All is known, and it is waited for a change. */
  readonly onWaiting: () => void
  /** These files have changed, relative to the project. */
  readonly onChanged: (files: readonly string[]) => void
}

/**
 * Runs a matrix, and another one each time that something changes on which tests depend. Servers and workers stay.
 *
 * @returns What has changed, where all of it stands on that, such as the config; `undefined`: somebody asked for the end.
 * @throws what {@link runMatrix} throws the first time
 */
export async function watchMatrix(
  options: MatrixOptions,
  { onShown, onProblem, onWaiting, onChanged }: WatchOptions,
): Promise<string | undefined> {
  const { directory } = options.config
  const stage = openStage({ ...options, lasts: true })
  const { signals } = stage
  const files = watchFiles(directory, () => projectFiles(directory))
  const clean = options.baseline ?? 3
  let cache = openCache(options, realNow())
  const { common } = cache

  /** @returns Whether there was anything to show, of all tests: what is mended is shown, though it was known before. */
  async function run(opened: MatrixCache, isFirst: boolean): Promise<boolean> {
    try {
      const document = await runMatrix({ ...options, stage, opened })
      await onShown(document)
      return document.tests.excluded.every(({ state }) => state !== 'failing')
    } catch (error) {
      if (isFirst || !MortarError.is(error) || signals.received) throw error
      onProblem(error)
      return false
    }
  }

  /** Workers load what there is while nobody needs them. */
  async function prepare(): Promise<void> {
    const startedAt = realNow()
    const known = openCache(options, startedAt)
    const warm = await stage.workers(known)
    warm?.begin(suiteOn(stage, options, { startedAt, cache: known, warm }))
  }

  /** What has changed, and something depends on; what tests write while they run has not, unless it is a program. */
  async function changed(isShown: boolean): Promise<readonly string[]> {
    let some: readonly string[] = files.take().filter((file) => source.test(file))
    for (; !signals.received; some = await files.next(signals.asked)) {
      some = some.filter((file) => !unread.test(file))
      if (some.length === 0) continue
      cache = openCache(options, realNow())
      if (!isShown || cache.why !== '' || !cache.isComplete(clean)) return some
    }
    return []
  }

  try {
    for (let isFirst = true; ; isFirst = false) {
      const isShown = await run(cache, isFirst)
      if (!signals.received) await prepare()
      if (!signals.received) onWaiting()
      const some = await changed(isShown)
      if (signals.received) return undefined
      onChanged(some)
      if (cache.common !== common) return cache.why || 'something that all tests depend on changed'
    }
  } finally {
    files.close()
    await stage.close()
    signals.stop()
  }
}
