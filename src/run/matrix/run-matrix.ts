import { join } from 'node:path'
import type { TestRef } from '../../core/exchange.ts'
import { MortarError } from '../../core/errors.ts'
import { realNow } from '../../core/real-clock.ts'
import { type Baseline, makeBaseline } from '../../matrix/baseline.ts'
import { planCells, type PlanOptions } from '../../matrix/plan.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { startServers } from '../start-servers.ts'
import type { OpenService } from '../../services/open-services.ts'
import { watchSignals } from '../watch-signals.ts'
import { confirmBad } from './confirm.ts'
import type { MatrixDocument } from './document.ts'
import { executeCells } from './execute-cells.ts'
import { makeDocument } from './make-document.ts'
import { judgeAll } from './judge-all.ts'
import { runSuite, type Suite, type SuiteRun } from './suite.ts'

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
}

/**
 * Re-runs the tests of a project with one thing going wrong at a time, and judges what that led to.
 *
 * @throws MortarError `MORTAR_MATRIX_NO_TESTS`, and what starting servers throws
 */
export async function runMatrix(options: MatrixOptions): Promise<MatrixDocument> {
  const { config, command, env, narrow, onProgress = () => {} } = options
  const startedAt = realNow()
  const stop = new AbortController()
  const signals = watchSignals()
  signals.passTo(() => stop.abort())
  const services = await startServers(config, { env, ...(options.onReady && { onReady: options.onReady }) })
  try {
    const id = new Date(startedAt).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
    const folder = join(config.directory, '.mortar', 'matrix', `${id}-${process.pid}`)
    const shared: Suite = { config, command, env: { ...env, ...services?.variables }, folder, signal: stop.signal }
    const clean = options.baseline ?? 3
    onProgress(`running every test ${clean} times as it is`)
    const { suite, baselines } = await runBaseline(shared, clean, options)
    const planned = planCells(baselines, narrow)
    const until = options.budgetMs === undefined ? undefined : startedAt + options.budgetMs
    const stable = baselines.filter(({ state }) => state === 'stable').length
    onProgress(`${planned.length} cells over ${stable} tests`)
    const ran = await executeCells(suite, { cells: planned, baselines, until, onProgress })
    const judged = judgeAll(planned, baselines, ran)
    const { confirmed, unconfirmed } = await confirmBad(suite, { judged, baselines, until, onProgress })
    return makeDocument({
      at: startedAt,
      config,
      command,
      baselines,
      judged: confirmed,
      unconfirmed,
      leftOut: planned.filter((cell) => !judged.some(({ shown }) => shown.cell.id === cell.id)),
      interrupted: stop.signal.aborted,
    })
  } finally {
    await services?.close()
    signals.stop()
  }
}

/** Clean runs, and how the command is to be run from then on. */
async function runBaseline(
  shared: Suite,
  clean: number,
  { only, onProgress = () => {} }: MatrixOptions,
): Promise<{ readonly suite: Suite; readonly baselines: readonly Baseline[] }> {
  const plan = { version: 1, clean, ...(only && { only }) } as const
  const together = await runSuite(shared, plan)
  if (together.ran.length > 0 || shared.signal.aborted) return { suite: shared, baselines: baselinesOf(together) }
  onProgress('the command is not vitest with the plugin of mortar, so every cell is a process of it')
  const suite = { ...shared, perProcess: true }
  const apart = await runSuite(suite, plan)
  if (!apart.ran.some(({ observation }) => observation.moments.length > 0) && !shared.signal.aborted) {
    throw new MortarError('MORTAR_MATRIX_NO_TESTS', 'nothing that the test command did crossed a boundary', {
      where: shared.config.file ?? shared.config.directory,
      seen: `what the command printed is in ${apart.logFile}`,
    })
  }
  return { suite, baselines: baselinesOf(apart) }
}

function baselinesOf({ ran }: SuiteRun): readonly Baseline[] {
  return [...Map.groupBy(ran, ({ record }) => keyOfTest(record.test)).values()].map((runs) => {
    const [first, ...others] = runs.map(({ observation }) => observation)
    return makeBaseline(runs[0]!.record.test, [first!, ...others])
  })
}
