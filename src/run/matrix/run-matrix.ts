import { join } from 'node:path'
import type { TestRef } from '../../core/exchange.ts'
import { MortarError } from '../../core/errors.ts'
import { realNow } from '../../core/real-clock.ts'
import { type Baseline, makeBaseline } from '../../matrix/baseline.ts'
import type { Cell } from '../../matrix/cell.ts'
import { planCells, type PlanOptions } from '../../matrix/plan.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { startServers, type StartedServers } from '../start-servers.ts'
import type { OpenService } from '../../services/open-services.ts'
import { unlessStopped, watchSignals } from '../watch-signals.ts'
import { confirmBad, type Confirmed } from './confirm.ts'
import type { MatrixDocument, MatrixState } from './document.ts'
import { executeCells } from './execute-cells.ts'
import { openLiveDocument } from './live-document.ts'
import { type DocumentInput, makeDocument } from './make-document.ts'
import { readAccepted } from './keep-accepted.ts'
import { judgeAll } from './judge-all.ts'
import { type Ran, runSuite, type Suite, type SuiteRun } from './suite.ts'

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
  /** Hears how it goes on, a line each. */
  readonly onProgress?: (line: string) => void
  readonly onReady?: (service: OpenService) => void
  /** Hears what is known: now and then while it runs, and once at its end. */
  readonly onDocument?: (document: MatrixDocument) => Promise<void>
}

/**
 * Re-runs the tests of a project with one thing going wrong at a time, and judges what that led to.
 *
 * @throws MortarError `MORTAR_MATRIX_NO_TESTS`, and what starting servers throws
 */
export async function runMatrix(options: MatrixOptions): Promise<MatrixDocument> {
  const { config, command, env, narrow, onProgress = () => {}, onDocument = async () => {} } = options
  const startedAt = realNow()
  const accepted = readAccepted(config.directory)
  const narrowed = options.only !== undefined || Object.keys(narrow ?? {}).length > 0
  const signals = watchSignals()
  const known: Known = { baselines: [], planned: [], judged: [], unconfirmed: 0 }
  const make = (state: MatrixState): MatrixDocument =>
    documentOf(known, { at: startedAt, config, command, state, accepted, narrowed })
  const live = openLiveDocument({ make, tell: onDocument, signal: signals.asked })
  let services: StartedServers | undefined
  try {
    const opening = startServers(config, { env, ...(options.onReady && { onReady: options.onReady }) })
    services = await unlessStopped(opening, signals)
    const id = new Date(startedAt).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
    const folder = join(config.directory, '.mortar', 'matrix', `${id}-${process.pid}`)
    const shared: Suite = { config, command, env: { ...env, ...services?.variables }, folder, signal: signals.asked }
    const clean = options.baseline ?? 3
    onProgress(`running every test ${clean} times as it is`)
    const { suite, baselines } = await runBaseline(shared, clean, options)
    known.baselines = baselines
    known.planned = planCells(baselines, { ...narrow, exclude: config.matrix.exclude ?? [] })
    live.update()
    const until = options.budgetMs === undefined ? undefined : startedAt + options.budgetMs
    const stable = baselines.filter(({ state }) => state === 'stable').length
    onProgress(`${known.planned.length} cells over ${stable} tests`)
    const onRan = (ran: ReadonlyMap<string, Ran>): void => {
      known.judged = judgeAll(known.planned, baselines, ran)
      live.update()
    }
    await executeCells(suite, { cells: known.planned, baselines, until, onProgress, onRan })
    const { confirmed, unconfirmed } = await confirmBad(suite, { judged: known.judged, baselines, until, onProgress })
    known.judged = confirmed
    known.unconfirmed = unconfirmed
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
  planned: readonly Cell[]
  judged: Confirmed['confirmed']
  unconfirmed: number
}

function documentOf(known: Known, about: Omit<DocumentInput, keyof Known | 'leftOut'>): MatrixDocument {
  const seen = new Set(known.judged.map(({ shown }) => shown.cell.id))
  return makeDocument({ ...about, ...known, leftOut: known.planned.filter(({ id }) => !seen.has(id)) })
}

/** Clean runs, and how the command is to be run from then on. */
async function runBaseline(
  shared: Suite,
  clean: number,
  { only, onProgress = () => {} }: MatrixOptions,
): Promise<{ readonly suite: Suite; readonly baselines: readonly Baseline[] }> {
  if (shared.signal.aborted) return { suite: shared, baselines: [] }
  const plan = { version: 1, clean, ...(only && { only }) } as const
  const together = await runSuite(shared, plan)
  if (together.ran.length > 0 || shared.signal.aborted)
    return { suite: shared, baselines: baselinesOf(together, shared.signal.aborted ? clean : 1) }
  onProgress('the tests are not those of the vitest plugin or of mortar/node-test, so every cell is a process of it')
  const suite = { ...shared, perProcess: true }
  const apart = await runSuite(suite, plan)
  if (!apart.ran.some(({ observation }) => observation.moments.length > 0) && !shared.signal.aborted) {
    throw new MortarError('MORTAR_MATRIX_NO_TESTS', 'nothing that the test command did crossed a boundary', {
      where: shared.config.file ?? shared.config.directory,
      seen: `what the command printed is in ${apart.logFile}`,
    })
  }
  return { suite, baselines: baselinesOf(apart, shared.signal.aborted ? clean : 1) }
}

/** Tests that could not be run as often as they were to be, as somebody did not want to wait, are left out. */
function baselinesOf({ ran }: SuiteRun, least: number): readonly Baseline[] {
  return [...Map.groupBy(ran, ({ record }) => keyOfTest(record.test)).values()].flatMap((runs) => {
    const [first, ...others] = runs.map(({ observation }) => observation)
    return runs.length < least ? [] : [makeBaseline(runs[0]!.record.test, [first!, ...others])]
  })
}
