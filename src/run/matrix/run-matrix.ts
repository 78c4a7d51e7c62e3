import { join } from 'node:path'
import { closestWord } from '../../core/closest-word.ts'
import { MortarError } from '../../core/errors.ts'
import type { TestRef } from '../../core/exchange.ts'
import type { ProvedOperation } from '../../core/proved-contract.ts'
import { realNow } from '../../core/real-clock.ts'
import type { Baseline } from '../../matrix/baseline.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { JudgedCell } from '../../matrix/findings.ts'
import { firstOf } from '../../matrix/pairs.ts'
import { planCells, type PlanOptions, pruningSteps, type PruningStep, stableBaselines } from '../../matrix/plan.ts'
import { signatureOf } from '../../protocols/http/webhook/sign-anew.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { plural } from '../wording.ts'
import { startServers, type StartedServers } from '../start-servers.ts'
import type { OpenService } from '../../services/open-services.ts'
import { unlessStopped, watchSignals } from '../watch-signals.ts'
import { type MatrixCache, openMatrixCache } from './cache/matrix-cache.ts'
import { confirmNew } from './confirm-new.ts'
import type { Confirmed } from './confirm.ts'
import { proveContracts } from './contract/prove-contracts.ts'
import { tracedRun } from './contract/trace-tests.ts'
import type { MatrixDocument, MatrixState } from './document.ts'
import { executeCells } from './execute-cells.ts'
import { openLiveDocument } from './live-document.ts'
import { type DocumentInput, makeDocument } from './make-document.ts'
import { readAccepted } from './keep-accepted.ts'
import { judgeAll } from './judge-all.ts'
import { pruneFolders } from './prune-folders.ts'
import { runPairs } from './run-pairs.ts'
import type { UnendedTest } from './run-all.ts'
import { runBaseline } from './run-baseline.ts'
import type { BrokenFile } from './plan-file.ts'
import type { Ran, Suite } from './suite.ts'

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
  /** Hears how it goes on, a line each. */
  /** `false`: nothing is taken from earlier runs, and nothing kept for later ones. */
  readonly cache?: boolean
  readonly onProgress?: (line: string) => void
  readonly onReady?: (service: OpenService) => void
  /** Hears what is known: now and then while it runs, and once at its end. */
  readonly onDocument?: (document: MatrixDocument) => Promise<void>
}

/**
 * Re-runs the tests of a project with one thing going wrong at a time, and judges what that led to.
 *
 * @throws MortarError `MORTAR_MATRIX_NO_TESTS`, `MORTAR_USAGE` when there is no test of that name, and what starting servers throws
 */
export async function runMatrix(options: MatrixOptions): Promise<MatrixDocument> {
  const { config, command, env, narrow, onProgress = () => {}, onDocument = async () => {} } = options
  const startedAt = realNow()
  const { budgetMs } = options
  const until = budgetMs === undefined ? undefined : startedAt + budgetMs
  const accepted = readAccepted(config.directory)
  const narrowed = options.only !== undefined || Object.keys(narrow ?? {}).length > 0
  const signals = watchSignals()
  const known: Known = {
    baselines: [],
    broken: [],
    unended: [],
    planned: [],
    judged: [],
    unconfirmed: 0,
    from: new Map(),
    contracts: [],
  }
  const make = (state: MatrixState): MatrixDocument =>
    documentOf(known, { at: startedAt, config, command, state, accepted, narrowed })
  const live = openLiveDocument({ make, tell: onDocument, signal: signals.asked })
  let services: StartedServers | undefined
  let starting: Promise<void> | undefined
  const start = async (): Promise<void> => {
    const opening = startServers(config, { env, ...(options.onReady && { onReady: options.onReady }) })
    services = await unlessStopped(opening, signals)
  }
  const environment = async (): Promise<NodeJS.ProcessEnv> => {
    await (starting ??= start())
    return { ...env, ...services?.variables }
  }
  try {
    const clean = options.baseline ?? 3
    const run = `${new Date(startedAt).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}-${process.pid}`
    pruneFolders(config.directory)
    // Who wants to see one cell again wants to see it run.
    const isCached = options.cache !== false && narrow?.cell === undefined && !signals.received
    const cache = isCached ? openMatrixCache({ config, command, env, startedAt, run }) : undefined
    if (cache && cache.why !== '') onProgress(`not all of what is known holds any more: ${cache.why}`)
    // Where all is known nothing needs to be started.
    if (!cache?.isComplete(clean)) await environment()
    const shared: Suite = {
      config,
      command,
      environment,
      folder: join(config.directory, '.mortar', 'matrix', run),
      signal: signals.asked,
      cache,
    }
    const { suite, baselines, broken, unended } = await runBaseline(shared, {
      clean,
      only: options.only,
      budgetMs,
      until,
      onProgress,
    })
    known.baselines = baselines
    known.broken = broken
    known.unended = unended
    if (!signals.received) checkTestName(narrow?.test, baselines)
    const narrowest = {
      ...narrow,
      exclude: config.matrix.exclude ?? [],
      unpruned: unprunedBy(env),
      schemes: schemesIn(config),
    }
    known.planned = plannedBy(options, baselines, narrowest)
    live.update()
    const stable = baselines.filter(({ state }) => state === 'stable').length
    onProgress(
      `${plural(known.planned.length, 'cell')} over ${plural(stable, 'test')}: each is a test once more, with one thing going wrong`,
    )
    const judged = new Map<string, JudgedCell>()
    let heard: ReadonlyMap<string, Ran> = new Map()
    const onRan = (ran: ReadonlyMap<string, Ran>): void => {
      // What a cell met that another had left behind is taken back, and run again.
      for (const id of heard.keys()) if (!ran.has(id)) judged.delete(id)
      const fresh = known.planned.filter(({ id }) => ran.has(id) && heard.get(id) !== ran.get(id))
      heard = new Map(ran)
      for (const one of judgeAll(fresh, baselines, ran)) {
        const { id } = one.shown.cell
        const { from } = ran.get(id)!
        judged.set(id, one)
        if (from !== undefined) known.from.set(id, from)
      }
      known.judged = known.planned.flatMap(({ id }) => judged.get(id) ?? [])
      live.update()
    }
    const others = narrowed || until !== undefined ? [] : outdatedCells(cache, known.planned, baselines)
    await executeCells(suite, { cells: [...known.planned, ...others], baselines, until, onProgress, onRan })
    const again = await confirmNew(suite, { judged: known.judged, baselines, until, onProgress })
    known.judged = again.confirmed
    known.unconfirmed = again.unconfirmed
    const pairs = await runPairs(suite, { judged: known.judged, only: options.known, baselines, until, onProgress })
    const isPair = options.known?.after !== undefined
    known.planned = [...(isPair ? [] : known.planned), ...pairs.planned]
    known.judged = [...(isPair ? [] : known.judged), ...pairs.confirmed]
    known.unconfirmed += pairs.unconfirmed
    for (const [id, from] of pairs.from) known.from.set(id, from)
    live.update()
    const fields = await proveContracts(suite, { baselines, narrow: narrowest, until, onProgress })
    const sure = await confirmNew(suite, { judged: fields.judged, baselines, until, onProgress })
    known.contracts = fields.operations
    known.planned = [...known.planned, ...fields.planned]
    known.judged = [...known.judged, ...sure.confirmed]
    known.unconfirmed += sure.unconfirmed
    for (const [id, from] of fields.from) known.from.set(id, from)
    if (cache && cache.unkept !== '') onProgress(`not all is kept for the next time: ${cache.unkept}`)
    if (!narrowed && !signals.received) {
      // What a command reads that is no vitest is not known, so what it has shown is kept only until all is.
      const isOver = suite.perProcess && known.judged.length === known.planned.length
      cache?.prune(
        isOver ? [] : [...known.planned, ...fields.again, tracedRun],
        isOver ? [] : baselines.map(({ test }) => test),
      )
    }
    return await live.end(signals.received ? 'interrupted' : 'finished')
  } finally {
    await live.close()
    await services?.close()
    signals.stop()
  }
}

/** What is known so far. */
interface Known {
  baselines: readonly Baseline[]
  broken: readonly BrokenFile[]
  unended: readonly UnendedTest[]
  planned: readonly Cell[]
  judged: Confirmed['confirmed']
  unconfirmed: number
  /** Cells that are known from an earlier matrix, and its name. */
  readonly from: Map<string, string>
  contracts: readonly ProvedOperation[]
}

/** What was run later on the last time is likely to be asked for again, and costs least together with all others. */
function outdatedCells(
  cache: MatrixCache | undefined,
  planned: readonly Cell[],
  baselines: readonly Baseline[],
): readonly Cell[] {
  const wanted = new Set(planned.map(({ id }) => id))
  const tests = new Set(baselines.flatMap(({ test, state }) => (state === 'stable' ? [keyOfTest(test)] : [])))
  return (cache?.outdated ?? []).filter(({ id, test }) => !wanted.has(id) && tests.has(keyOfTest(test)))
}

const mostNames = 3

function checkTestName(wanted: string | undefined, baselines: readonly Baseline[]): void {
  const names = [...new Set(baselines.map(({ test }) => test.name))]
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

function documentOf(known: Known, about: Omit<DocumentInput, keyof Known | 'leftOut'>): MatrixDocument {
  const seen = new Set(known.judged.map(({ shown }) => shown.cell.id))
  return makeDocument({ ...about, ...known, leftOut: known.planned.filter(({ id }) => !seen.has(id)) })
}
