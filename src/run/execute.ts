import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readJournal } from '../store/read-journal.ts'
import { inventory } from './inventory.ts'
import type { LoadedConfig } from './loaded-config.ts'
import { openRun } from './open-run.ts'
import { openOutsideDoors } from './outside-doors.ts'
import { renderReport } from './report/render-report.ts'
import { runCommand } from './run-command.ts'
import { shellLine } from './shell-line.ts'
import { summarize } from './summary.ts'
import type { Summary } from './summary/types.ts'

/** What to run with the boundaries attached. */
export interface ExecuteOptions {
  readonly config: LoadedConfig
  /** Program and arguments; one string is a line for the shell. */
  readonly command: string | readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Where the command's output goes. */
  readonly output: 'inherit' | 'stderr'
  /** Name of the cassette of what no test has claimed (default `run`). */
  readonly cassette?: string
}

/** How it went. */
export interface Executed {
  readonly summary: Summary
  /** Absolute path of the HTML report. */
  readonly report: string
  /** Exit code of the command. */
  readonly code: number
}

/**
 * Runs a command with every boundary attached, through whichever door its programs use, and sums up what crossed.
 *
 * @throws MortarError when a door cannot be opened, the command not run, or a recording not saved
 */
export async function execute({ config, command, env, output, cassette = 'run' }: ExecuteOptions): Promise<Executed> {
  const line = typeof command === 'string' ? command : shellLine(command)
  const run = await openRun({
    directory: config.directory,
    config,
    command: line,
    env: { ...env, MORTAR_RUN: undefined },
    trustSystem: true,
  })
  try {
    const doors = await openOutsideDoors(run, { cassette, env })
    let passed = false
    let result
    try {
      result = await runCommand({ command, cwd: config.directory, env: doors.env, output })
      passed = result.code === 0
    } finally {
      await doors.close({ passed })
    }
    run.close()
    const summary = summarize({
      events: readJournal(run.directory).events,
      boundaries: config.boundaries.map(({ name, input, origins, refreshEveryMs }) => ({
        name,
        protocol: input.protocol,
        origin: origins[0],
        owner: input.owner,
        risk: input.risk,
        refreshEveryMs,
        stale: input.stale,
      })),
      recordings: inventory(config, run.cassettes, run.boundaries),
      contracts: Object.fromEntries(
        run.boundaries.flatMap(({ name, operations }) => (operations ? [[name, operations]] : [])),
      ),
      command: run.recordingRedactor.text(line, 'command'),
      testExitCode: result.signal ? null : result.code,
      now: Date.now(),
    })
    return { summary, report: writeReport(config, run.directory, summary), code: result.code }
  } finally {
    run.close()
  }
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
