import { execute } from '../../run/execute.ts'
import { loadConfig } from '../../run/load-config.ts'
import { shellLine } from '../../run/shell-line.ts'
import { printSummary } from '../../run/terminal-summary.ts'
import type { Command } from '../command.ts'
import { triedLines } from '../services-text.ts'
import { stoppedLines } from '../run-notes.ts'
import { shortPath } from '../short-path.ts'
import { testCommand } from '../test-command.ts'

/** The main job: the team's own tests, judged by what crossed their boundaries. */
export const command: Command = {
  name: 'check',
  summary: 'run your tests with every boundary attached, and judge what crossed',
  usage: 'check [-- COMMAND...]',
  takesCommand: true,
  options: {},
  details: [
    'Runs the `test` command of the config (by default the `test` script of package.json), or COMMAND.',
    'Prints a summary and writes one HTML report. Exits 1 when a test failed, something was asked that',
    'nothing recorded answers, a destination was unknown, or a recording is stale where that is to fail.',
  ].join('\n'),
  examples: ['mortar check', 'mortar check -- npx vitest run test/orders', 'mortar check --json > summary.json'],
  async run({ values, rest, cwd, env, json, color, columns, out, progress }) {
    const config = await loadConfig({ directory: cwd, file: values['config'] as string | undefined, env })
    const line = testCommand(config, rest)
    progress(`mortar: running ${typeof line === 'string' ? line : shellLine(line)}`)
    const { summary, report, stopped } = await execute({
      onReady: (service) => progress(triedLines(service)),
      onVolume: progress,
      config,
      command: line,
      env,
      output: 'stderr',
    })
    if (json) out(JSON.stringify(summary))
    else out(`\n${printSummary(summary, { color, columns, report: shortPath(report, cwd) })}`)
    for (const note of stoppedLines({ stopped, summary })) progress(note)
    return stopped?.exitCode ?? summary.verdict.exitCode
  },
}
