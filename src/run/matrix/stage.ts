import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { runnerOf } from '../known-runner.ts'
import { shellLine } from '../shell-line.ts'
import type { TestRef } from '../../core/exchange.ts'
import { type SignalWatch, watchSignals } from '../watch-signals.ts'
import type { Ground, MatrixCache } from './cache/matrix-cache.ts'
import { makeServers, type MatrixServers } from './matrix-servers.ts'
import type { MatrixOptions } from './run-matrix.ts'
import { makeWarmWorkers, type WarmWorkers } from './warm-workers.ts'
import { isOneAtATime, workersOf } from './workers.ts'

/** On what a matrix runs, and others after it: servers, and workers that wait. */
export interface Stage {
  readonly signals: SignalWatch
  readonly servers: MatrixServers
  /** Workers for what a matrix has to run; `undefined`: there is a process for each plan. */
  workers(cache: MatrixCache | undefined): Promise<WarmWorkers | undefined>
  /** The same, where it is not known which tests there are: they run these first, and stay. */
  stayingWorkers(cache: MatrixCache | undefined): WarmWorkers | undefined
  /** The same, where it is known only now which tests there are: behind their first runs. */
  workersFor(found: FoundTests, cache: MatrixCache | undefined): Promise<WarmWorkers | undefined>
  /** Has workers end that do not outlast their matrix. What is still run is run by others. */
  noMoreWork(): void
  /** Folders of matrices that somebody still looks into. */
  folders(): readonly string[]
  /** Ends all that has been begun by now. May be called again. */
  close(): Promise<void>
}

/** What does not change while a stage lasts. */
export interface StageOptions extends Pick<MatrixOptions, 'config' | 'command' | 'env' | 'onReady'> {
  /** Files of the project change meanwhile. */
  readonly lasts?: boolean
}

/** What the first runs of tests have shown. */
export interface FoundTests {
  /** By file, relative to the project. */
  readonly tests: ReadonlyMap<string, readonly TestRef[]>
  readonly isSerial: boolean
  /** How many there are to be run. */
  readonly cells: number
}

/** How many cells are worth another worker. */
const cellsForOne = 10

/** Workers that have loaded something, and when: milliseconds since the epoch. */
interface Loaded {
  readonly workers: WarmWorkers
  readonly at: number
  readonly ground: Ground
  /** Hashes of all that its ground has. */
  readonly hashes: ReadonlyMap<string, string>
}

export function openStage({ config, command, env, onReady, lasts = false }: StageOptions): Stage {
  const { directory } = config
  const signals = watchSignals()
  const servers = makeServers(config, { env, signals, onReady })
  const line = typeof command === 'string' ? command : shellLine(command)
  const isVitest = runnerOf(line, directory) === 'vitest'
  let loaded: Loaded | undefined
  /** Where they do not last. */
  let once: WarmWorkers | undefined

  const hashesOf = ({ lasting, modules }: Ground, { hashOf }: MatrixCache): Loaded['hashes'] =>
    new Map([...lasting, ...modules].map((path) => [path, hashOf(path)]))

  /** Whether these workers go on with what files are now. */
  async function isRenewed(
    { workers, at, ground, hashes }: Loaded,
    tests: Parameters<WarmWorkers['renew']>[1],
    cache: MatrixCache,
  ): Promise<boolean> {
    const isOther = (path: string): boolean => cache.hashOf(path) !== hashes.get(path)
    // Where it was written to while it was loaded, nobody knows which content that was.
    const isMoving = (path: string): boolean =>
      (statSync(join(directory, path), { throwIfNoEntry: false })?.mtimeMs ?? 0) >= at
    if (!workers.areThere || cache.ground().all !== ground.all || ground.lasting.some(isOther)) return false
    const changed = ground.modules.filter((path) => isOther(path) || isMoving(path))
    return workers.renew(
      changed.map((path) => join(directory, path)),
      tests,
    )
  }

  async function workers(cache: MatrixCache | undefined): Promise<WarmWorkers | undefined> {
    const tests = cache?.tests()
    const isWanted = isVitest && !isOneAtATime({ config, isSerial: cache?.isSerial ?? false })
    if (loaded && (!cache || !tests || !isWanted || !(await isRenewed(loaded, tests, cache)))) {
      await loaded.workers.close()
      loaded = undefined
    }
    return cache && tests && isWanted ? workersOn(cache, tests, cache.outdated().length) : undefined
  }

  function stayingWorkers(cache: MatrixCache | undefined): WarmWorkers | undefined {
    if (!cache || !isVitest || lasts || isOneAtATime({ config })) return undefined
    once = makeWarmWorkers(new Map(), { most: workersOf(config) })
    return once
  }

  async function workersFor(
    { tests, isSerial, cells }: FoundTests,
    cache: MatrixCache | undefined,
  ): Promise<WarmWorkers | undefined> {
    // Each begins with a file of its own.
    const isWanted = cache && isVitest && !isOneAtATime({ config, isSerial }) && tests.size >= availableParallelism()
    if (isWanted && once?.areThere) {
      once.know(tests)
      return once
    }
    await once?.close()
    return isWanted ? workersOn(cache, tests, cells) : undefined
  }

  function workersOn(cache: MatrixCache, tests: FoundTests['tests'], cells: number): WarmWorkers {
    if (!lasts) {
      // One that has little to do costs more than it spares.
      const worthwhile = 1 + Math.ceil(cells / cellsForOne)
      once = makeWarmWorkers(tests, { most: Math.min(workersOf(config), worthwhile) })
      return once
    }
    const now = cache.ground()
    // What is known of what was loaded is only what still holds.
    const { lasting, modules } = loaded?.ground ?? now
    const ground = {
      all: now.all,
      lasting: [...new Set([...lasting, ...now.lasting])],
      modules: [...new Set([...modules, ...now.modules])],
    }
    loaded = {
      workers: loaded?.workers ?? makeWarmWorkers(tests, { most: workersOf(config), lasts }),
      at: cache.startedAt,
      ground,
      hashes: hashesOf(ground, cache),
    }
    return loaded.workers
  }

  return {
    signals,
    servers,
    workers,
    stayingWorkers,
    workersFor,
    noMoreWork: () => void once?.retire(),
    folders: () => loaded?.workers.folders() ?? [],
    async close() {
      await Promise.all([loaded?.workers.close(), once?.close()])
      await servers.close()
    },
  }
}
