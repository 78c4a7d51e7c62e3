import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { notationOf } from '../protocols/notations.ts'
import type { JournalEvent } from '../store/journal-event.ts'
import { readJournal } from '../store/read-journal.ts'
import { unsavedExchanges } from '../store/unsaved-exchanges.ts'
import type { TimelineFinding } from '../timeline/finding.ts'
import type { Timeline } from '../timeline/moment.ts'
import { inventory } from './inventory.ts'
import type { CheckMatrixOptions } from './matrix/check-matrix.ts'
import type { OpenService } from '../services/open-services.ts'
import type { LoadedConfig } from './loaded-config.ts'
import { runnerOf } from './known-runner.ts'
import { openRun } from './open-run.ts'
import { type OutsideDoors, openOutsideDoors } from './outside-doors.ts'
import { renderReport } from './report/render-report.ts'
import { runCommand } from './run-command.ts'
import type { RunContext } from './run-context.ts'
import { shellLine } from './shell-line.ts'
import { type StartedServers, startServers } from './start-servers.ts'
import { summarize } from './summary.ts'
import type { Summary } from './summary/types.ts'
import { unreadVariable } from './unread-variable.ts'
import { exitCodeOfSignal, type SignalWatch, unlessStopped, watchSignals } from './watch-signals.ts'

/** What to run with the boundaries attached. */
export interface ExecuteOptions {
  readonly config: LoadedConfig
  /** Program and arguments; one string is a line for the shell. */
  readonly command: string | readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Where the command's output goes. */
  readonly output: 'inherit' | 'stderr'
  /** Hears of each dependency as it is ready. */
  readonly onReady?: (service: OpenService) => void
  /** Hears of what makes `volume`; left out: plans are not compared. */
  readonly onVolume?: (line: string) => void
  /** Name of the cassette of what no test has claimed (default `run`). */
  readonly cassette?: string
  /** Set: the failure matrix is run when the command has ended well, for so long and no longer. */
  readonly matrix?: Pick<CheckMatrixOptions, 'budgetMs' | 'onProgress'>
}

/** How it went. */
export interface Executed {
  readonly summary: Summary
  /** Absolute path of the HTML report. */
  readonly report: string
  /** Exit code of the command. */
  readonly code: number
  /** What was to be known besides, each once, in the order of the journal. */
  readonly warnings: readonly Warning[]
  /** Set when we were asked to stop before the command had ended. */
  readonly stopped: Stopped | undefined
}

/** How a run ended that was asked to stop. */
export interface Stopped {
  readonly signal: NodeJS.Signals
  /** What the command line exits with. */
  readonly exitCode: number
  /** Exchanges that were recorded, but not saved, and which `mortar record --recover` saves. */
  readonly recoverable: number
}

/** A warning of the journal. */
export interface Warning {
  readonly code: string
  readonly message: string
  /** How often it came. */
  readonly count: number
}

/**
 * Runs a command with every boundary attached, through whichever door its programs use, and sums up what crossed.
 *
 * @throws MortarError when a door cannot be opened, the command not run, or a recording not saved
 */
export async function execute(options: ExecuteOptions): Promise<Executed> {
  const { config, command, env, output, cassette = 'run', onReady } = options
  const line = typeof command === 'string' ? command : shellLine(command)
  const signals = watchSignals()
  let run: RunContext | undefined
  try {
    run = await openRun({
      directory: config.directory,
      config,
      command: line,
      env: { ...env, MORTAR_RUN: undefined, MORTAR_COMMAND: line },
      trustSystem: true,
    })
    const services = await unlessStopped(startServers(config, { env, ...(onReady && { onReady }) }), signals)
    let doors: OutsideDoors | undefined
    let passed = false
    let result
    let interrupted = false
    let seen
    let matrix
    try {
      try {
        const outside = { cassette, env: { ...env, ...services?.variables } }
        if (!signals.received) doors = await unlessStopped(openOutsideDoors(run, outside), signals)
        const childEnv = { ...withLocalPrograms(doors?.env ?? env, config.directory), MORTAR_COMMAND: line }
        result = await runCommand({ command, cwd: config.directory, env: childEnv, output, signals })
        interrupted = signals.received !== undefined
        // Who was told to stop has not failed: a server ends in no other way.
        passed = result.code === 0 || interrupted
      } finally {
        await doors?.close({ passed, stopped: signals.received !== undefined })
      }
      run.close()
      seen = await look(run, services, options, signals)
      if (options.matrix && result.code === 0 && !signals.received) {
        const { checkMatrix } = await import('./matrix/check-matrix.ts')
        const shared = { config, command, env: { ...env, ...services?.variables }, runDirectory: run.directory }
        matrix = await checkMatrix({ ...shared, ...options.matrix })
      }
    } finally {
      await services?.close()
    }
    const { timeline, atVolume, events } = seen
    const testExitCode = result.signal || interrupted ? null : result.code
    const { observe } = await import('./timeline/observe.ts')
    const inputs = run.boundaries.map(({ input }) => input)
    const summary = summarize({
      events,
      observed: observe(timeline, events, {
        runDirectory: run.directory,
        projectDirectory: config.directory,
        // Who was told to stop has not failed.
        passed: testExitCode === 0 || interrupted,
        rules: config.findings,
        now: Date.now(),
        more: atVolume,
      }),
      failOn: config.findings.fail ?? [],
      boundaries: run.boundaries.map(({ name, input, origins, refreshEveryMs }) => ({
        name,
        protocol: input.protocol,
        origin: origins[0],
        owner: input.owner,
        risk: input.risk,
        refreshEveryMs,
        stale: input.stale,
        unusedHint: unreadVariable(input, inputs, env),
      })),
      recordings: inventory(config, run.cassettes, run.boundaries),
      contracts: Object.fromEntries(
        run.boundaries.flatMap(({ name, operations }) => (operations ? [[name, operations]] : [])),
      ),
      command: run.recordingRedactor.text(line, 'command'),
      unattached: tellsOfTests(events) ? undefined : runnerOf(line, config.directory),
      testExitCode,
      now: Date.now(),
      ...(matrix && { matrix }),
    })
    return {
      summary,
      report: writeReport(config, run.directory, summary),
      code: result.code,
      warnings: warningsOf(events),
      stopped: stoppedBy(signals.received, run.directory),
    }
  } finally {
    run?.close()
    signals.stop()
  }
}

/** Reads what crossed, and asks the servers, while they are there, what it would be like with many rows. */
async function look(
  run: RunContext,
  services: StartedServers | undefined,
  { config, env, onVolume }: ExecuteOptions,
  { asked }: SignalWatch,
): Promise<{
  readonly events: readonly JournalEvent[]
  readonly timeline: Timeline
  readonly atVolume: readonly TimelineFinding[]
}> {
  const { events } = readJournal(run.directory)
  const { readTimeline } = await import('./timeline/read-timeline.ts')
  const timeline = await readTimeline(events, { runDirectory: run.directory, projectDirectory: config.directory })
  const wanted = services && onVolume && !asked.aborted && config.boundaries.some(({ input }) => 'volume' in input)
  if (!wanted) return { events, timeline, atVolume: [] }
  const { plansAtVolume } = await import('./timeline/plans-at-volume.ts')
  const { findings, warnings } = await plansAtVolume(timeline, {
    config,
    servers: services.services,
    env: { ...env, ...services.variables },
    signal: asked,
    onMaking: onVolume,
  })
  return { events: [...events, ...warnings], timeline, atVolume: findings }
}

/** A runner with no test to tell of has a journal all the same. */
function tellsOfTests(events: readonly JournalEvent[]): boolean {
  return events.some((event) => event.t === 'run' && event.pid !== process.pid && runnerNames.has(event.command))
}

/** As our parts in runners name themselves. */
const runnerNames: ReadonlySet<string> = new Set(['vitest', 'node --test'])

function warningsOf(events: readonly JournalEvent[]): readonly Warning[] {
  const found = new Map<string, Warning>()
  for (const event of events) {
    if (event.t !== 'warning') continue
    const { code, message } = event
    const key = `${code}\n${message}`
    found.set(key, { code, message, count: (found.get(key)?.count ?? 0) + 1 })
  }
  return [...found.values()]
}

function stoppedBy(signal: NodeJS.Signals | undefined, runDirectory: string): Stopped | undefined {
  if (signal === undefined) return undefined
  const unsaved = unsavedExchanges(runDirectory, notationOf)
  const recoverable = unsaved.reduce((sum, { exchanges }) => sum + exchanges.length, 0)
  return { signal, exitCode: exitCodeOfSignal(signal), recoverable }
}

/** Keeps the report with its run, and a copy at the one place that people remember. */
function writeReport(config: LoadedConfig, runDirectory: string, summary: Summary): string {
  const html = renderReport(summary)
  writeFileSync(join(runDirectory, 'report.html'), html)
  writeFileSync(join(runDirectory, 'summary.json'), JSON.stringify(summary))
  const latest = join(config.directory, '.mortar', 'report.html')
  mkdirSync(dirname(latest), { recursive: true })
  writeFileSync(latest, html)
  return latest
}

/** Commands find what the project has installed, as they do in the scripts of package.json. */
function withLocalPrograms(env: NodeJS.ProcessEnv, directory: string): NodeJS.ProcessEnv {
  return { ...env, PATH: [join(directory, 'node_modules', '.bin'), env['PATH']].filter(Boolean).join(delimiter) }
}
