import { join } from 'node:path'
import { closestWord } from '../../core/closest-word.ts'
import { MortarError } from '../../core/errors.ts'
import type { TestRef } from '../../core/exchange.ts'
import { realNow } from '../../core/real-clock.ts'
import type { Baseline } from '../../matrix/baseline.ts'
import type { Cell } from '../../matrix/cell.ts'
import { firstOf } from '../../matrix/pairs.ts'
import { planCells, type PlanOptions, pruningSteps, type PruningStep, stableBaselines } from '../../matrix/plan.ts'
import { signatureOf } from '../../protocols/http/webhook/sign-anew.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { plural } from '../wording.ts'
import type { OpenService } from '../../services/open-services.ts'
import { type MatrixCache, openMatrixCache } from './cache/matrix-cache.ts'
import { tracedRun } from './contract/trace-tests.ts'
import { watchEdits } from './edited.ts'
import type { MatrixDocument, MatrixState } from './document.ts'
import { documentOf, inAll, type Known, nothingYet } from './known.ts'
import { openLiveDocument } from './live-document.ts'
import { readAccepted } from './keep-accepted.ts'
import { pruneFolders } from './prune-folders.ts'
import { baselinesOf, type KnownClean, readClean, runBaseline } from './run-baseline.ts'
import { sideBySide } from './side-by-side.ts'
import { type RunAhead, runAhead } from './run-ahead.ts'
import { openStage, type Stage } from './stage.ts'
import { runFields, runOrdinary } from './strands.ts'
import type { Suite } from './suite.ts'

/** What is to be tried, and for how long. */
export interface MatrixOptions {
  readonly config: LoadedConfig
  readonly command: string | readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Clean runs of each test (default 3). */
  readonly baseline?: number
  readonly budgetMs?: number
  readonly narrow?: PlanOptions
  /** The only tests that are run at all. */
  readonly only?: readonly TestRef[]
  /** The only cell, as an earlier matrix has kept it. */
  readonly known?: Cell | undefined
  /** `false`: nothing is taken from earlier runs, and nothing kept for later ones. */
  readonly cache?: boolean
  /** Hears how it goes on, a line each. */
  readonly onProgress?: (line: string) => void
  readonly onReady?: (service: OpenService) => void
  /** On what it runs, and leaves behind as it was; left out: on one of its own. */
  readonly stage?: Stage
  /** What earlier matrices have shown, opened by now. */
  readonly opened?: MatrixCache
  /** Hears what is known: now and then while it runs, and once at its end. */
  readonly onDocument?: (document: MatrixDocument) => Promise<void>
}

/**
 * Re-runs the tests of a project with one thing going wrong at a time, and judges what that led to.
 *
 * @throws MortarError `MORTAR_MATRIX_NO_TESTS`, `MORTAR_USAGE` when there is no test of that name, and what starting servers throws
 */
export async function runMatrix(options: MatrixOptions): Promise<MatrixDocument> {
  const { config, command, narrow, onProgress = () => {}, onDocument = async () => {} } = options
  const startedAt = options.opened?.startedAt ?? realNow()
  const { budgetMs } = options
  const until = budgetMs === undefined ? undefined : startedAt + budgetMs
  const accepted = readAccepted(config.directory)
  const narrowed = options.only !== undefined || Object.keys(narrow ?? {}).length > 0
  const judgedTests = { ...narrow, exclude: config.matrix.exclude ?? [] }
  const edits = watchEdits(config.directory, startedAt)
  const stage = options.stage ?? openStage(options)
  const { signals, servers } = stage
  const known: Known = {
    baselines: [],
    broken: [],
    unended: [],
    parts: { ordinary: nothingYet, pairs: nothingYet, fields: nothingYet },
    from: new Map(),
    contracts: [],
    leftOutPairs: [],
    edited: [],
  }
  const make = (state: MatrixState): MatrixDocument =>
    documentOf(known, { at: startedAt, config, command, state, accepted, narrowed, narrow: judgedTests })
  const live = openLiveDocument({ make, tell: onDocument, signal: signals.asked })
  let ahead: RunAhead | undefined
  const leave = async (): Promise<void> => {
    ahead?.stop()
    if (!options.stage) await stage.close()
    else await ahead?.hear().catch(() => {})
  }
  try {
    const clean = options.baseline ?? 3
    pruneFolders(config.directory, stage.folders())
    // Who wants to see one cell again wants to see it run.
    const isCached = options.cache !== false && narrow?.cell === undefined && !signals.received
    const cache = isCached ? (options.opened ?? openCache(options, startedAt)) : undefined
    if (cache && cache.why !== '') onProgress(`not all of what is known holds any more: ${cache.why}`)
    const warm = await stage.workers(cache)
    // What takes longer than there is time is ended with its process.
    const staying = warm || until !== undefined ? undefined : stage.stayingWorkers(cache)
    const shared = suiteOn(stage, options, { startedAt, cache, warm, staying })
    // Where all is known nothing needs to be started; else whoever needs it waits for it, and hears what went wrong.
    if (!cache?.isComplete(clean)) {
      servers.environment().catch(() => {})
      warm?.begin(shared)
    }
    const knownClean = await readClean(shared, clean)
    const knowing = runBaseline(shared, {
      clean,
      only: options.only,
      budgetMs,
      until,
      onProgress,
      known: knownClean,
      onOther: () => ahead?.stop(),
    })
    // Behind these tests, as workers are given out in the order in which they are asked for.
    if (!narrowed && until === undefined) ahead = beginAhead(shared, knownClean, judgedTests)
    const { suite: found, baselines, broken, unended } = await knowing
    known.baselines = baselines
    known.broken = broken
    known.unended = unended
    if (!signals.received) checkTestName(narrow?.test, [...baselines, ...unended])
    const narrowest = { ...judgedTests, unpruned: unprunedBy(options.env), schemes: schemesIn(config) }
    const { parts } = known
    parts.ordinary = { ...nothingYet, planned: plannedBy(options, baselines, narrowest) }
    live.update()
    const suite = warm || found.perProcess ? found : await withWorkers(found, stage, baselines, parts.ordinary.planned)
    const stable = stableBaselines(baselines, narrowest).length
    onProgress(
      `${plural(parts.ordinary.planned.length, 'cell')} over ${plural(stable, 'test')}: each is a test once more, with one thing going wrong`,
    )
    let strands = 2
    const onDone = (): void => {
      if (--strands === 0) stage.noMoreWork()
    }
    const course = { known, until, onProgress, onKnown: () => live.update(), onDone }
    let again: readonly Cell[] = []
    await sideBySide(
      { ...suite, ahead },
      {
        first: (own) => runOrdinary(own, { ...course, only: options.known }),
        second: async (own) => void (again = await runFields(own, { ...course, narrow: narrowest })),
        isInTurn: until !== undefined,
      },
    )
    // By the time all is written they have ended, and then the servers.
    leave().catch(() => {})
    if (cache && cache.unkept !== '') onProgress(`not all is kept for the next time: ${cache.unkept}`)
    if (!narrowed && !signals.received) {
      // What a command reads that is no vitest is not known, so what it has shown is kept only until all is.
      const { planned, judged } = inAll(known)
      const isOver = suite.perProcess && judged.length === planned.length
      const files = [...[...baselines, ...unended].map(({ test }) => test.file), ...broken.map(({ file }) => file)]
      cache?.prune(isOver ? [] : [...planned, ...again, tracedRun], isOver ? [] : files)
    }
    known.edited = edits.edited(suite.perProcess ? undefined : cache?.isUsed)
    return await live.end(signals.received ? 'interrupted' : 'finished')
  } finally {
    await live.close()
    await leave()
    if (!options.stage) signals.stop()
  }
}

/** A suite whose tests are known by now, with workers for them. */
async function withWorkers(
  suite: Suite,
  stage: Stage,
  baselines: readonly Baseline[],
  cells: readonly Cell[],
): Promise<Suite> {
  const { cache, isSerial = false } = suite
  const tests = Map.groupBy(
    baselines.map(({ test }) => test),
    ({ file }) => file,
  )
  const warm = await stage.workersFor({ tests, isSerial, cells: cells.length }, cache)
  warm?.begin(suite)
  return { ...suite, warm }
}

/** What earlier matrices have shown. @param startedAt - When it counts what files are, milliseconds since the epoch. */
export function openCache({ config, command, env }: MatrixOptions, startedAt: number): MatrixCache {
  return openMatrixCache({ config, command, env, startedAt, run: nameOf(startedAt) })
}

/** What is run of a project, and on what. */
export function suiteOn(
  { servers, signals }: Stage,
  { config, command, onProgress }: MatrixOptions,
  { startedAt, ...known }: Pick<Suite, 'cache' | 'warm' | 'staying'> & { readonly startedAt: number },
): Suite {
  return {
    config,
    command,
    ...servers,
    folder: join(config.directory, '.mortar', 'matrix', nameOf(startedAt)),
    signal: signals.asked,
    ...known,
    // Of a pattern nobody knows which files it stands for before they are looked for.
    without: (config.matrix.exclude ?? []).filter((file) => !file.includes('*')),
    ...(onProgress && { onWait: onProgress }),
  }
}

/** Of a matrix and its folder. */
function nameOf(startedAt: number): string {
  return `${new Date(startedAt).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}-${process.pid}`
}

/** What was run the last time is likely to be asked for again. */
function beginAhead(suite: Suite, { held, before }: KnownClean, narrow: PlanOptions): RunAhead | undefined {
  const { cache, warm } = suite
  if (!cache || !warm) return undefined
  const baselines = stableBaselines(baselinesOf([...held, ...[...before.values()].flat()], 1), narrow)
  const tests = new Set(baselines.map(({ test }) => keyOfTest(test)))
  const isThere = ({ test }: { readonly test: TestRef }): boolean => tests.has(keyOfTest(test))
  const cells = cache.outdated().filter(isThere)
  const traced = cache.outdatedRuns(tracedRun.id).filter((test) => isThere({ test }))
  return cells.length === 0 ? undefined : runAhead(suite, { cells, traced, baselines })
}

const mostNames = 3

function checkTestName(wanted: string | undefined, tests: readonly { readonly test: TestRef }[]): void {
  const names = [...new Set(tests.map(({ test }) => test.name))]
  if (wanted === undefined || names.some((name) => name.includes(wanted))) return
  const close = closestWord(wanted, names)
  const near = close === undefined ? names.slice(0, mostNames) : [close]
  const more = names.length > near.length ? ', …' : ''
  throw new MortarError('MORTAR_USAGE', `no test's name contains \`${wanted}\``, {
    hint:
      close === undefined
        ? `There are: ${near.map((name) => `\`${name}\``).join(', ')}${more}`
        : `Did you mean \`${close}\`?`,
  })
}

function schemesIn({ boundaries }: LoadedConfig): NonNullable<PlanOptions['schemes']> {
  return new Map(
    boundaries.flatMap(({ name, input }) => {
      const signature = signatureOf(input)
      return signature ? [[name, signature.scheme] as const] : []
    }),
  )
}

/** `MORTAR_MATRIX_UNPRUNED=tests,places,kinds` has the benchmark see what is lost by pruning. */
function unprunedBy({ MORTAR_MATRIX_UNPRUNED = '' }: NodeJS.ProcessEnv): readonly PruningStep[] {
  return pruningSteps.filter((step) => MORTAR_MATRIX_UNPRUNED.split(',').includes(step))
}

/** What fields are changed depends on what was read; so such a cell is run as it was kept. */
function plannedBy({ known }: MatrixOptions, baselines: readonly Baseline[], narrow: PlanOptions): readonly Cell[] {
  // Of two faults the first is to show what there is for the second.
  if (known?.after) return planCells(baselines, { ...narrow, cell: firstOf(known)! })
  if (!known?.detail) return planCells(baselines, narrow)
  return stableBaselines(baselines, narrow).some(({ test }) => keyOfTest(test) === keyOfTest(known.test)) ? [known] : []
}
