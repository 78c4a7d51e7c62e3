import { textOption } from '../arguments.ts'
import { budgetOf } from '../budget.ts'
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
  usage: 'check [--matrix TIME | --no-matrix] [-- COMMAND...]',
  takesCommand: true,
  options: {
    matrix: {
      type: 'string',
      value: 'TIME',
      help: 'run the failure matrix as well, for so long: 60s (default: `matrix.budget`)',
    },
    'no-matrix': { type: 'boolean', help: 'leave the failure matrix out, whatever the config says' },
  },
  details: [
    'Runs the `test` command of the config (by default the `test` script of package.json), or COMMAND.',
    'Prints a summary and writes one HTML report. Exits 1 when a test failed, something was asked that',
    'nothing recorded answers, a destination was unknown, or a recording is stale where that is to fail.',
    'When the config has `matrix.budget` and the tests have passed, the failure matrix runs for that long;',
    'what it finds that was not accepted is among the findings, and fails the check as `matrix.failOn` says.',
  ].join('\n'),
  examples: [
    'mortar check',
    'mortar check --matrix 60s',
    'mortar check -- npx vitest run test/orders',
    'mortar check --json > summary.json',
  ],
  async run({ values, rest, cwd, env, json, color, columns, out, progress }) {
    const config = await loadConfig({ directory: cwd, file: values['config'] as string | undefined, env })
    const line = testCommand(config, rest)
    const budget = values['no-matrix'] === true ? undefined : (textOption(values, 'matrix') ?? config.matrix.budget)
    const matrix = budget === undefined ? {} : budgetOf(budget)
    progress(`mortar: running ${typeof line === 'string' ? line : shellLine(line)}`)
    const { summary, report, stopped } = await execute({
      onReady: (service) => progress(triedLines(service)),
      onVolume: progress,
      config,
      command: line,
      env,
      output: 'stderr',
      ...(budget !== undefined && { matrix: { ...matrix, onProgress: (said) => progress(`mortar: ${said}`) } }),
    })
    if (json) out(JSON.stringify(summary))
    else out(`\n${printSummary(summary, { color, columns, report: shortPath(report, cwd) })}`)
    if (budget === undefined && values['no-matrix'] !== true && summary.verdict.passed && !summary.verdict.vacuous) {
      const how = "`mortar check --matrix 60s`, or `matrix: { budget: '60s' }` in the config"
      progress(`mortar: what the code does when the other side misbehaves was not tried: ${how}`)
    }
    if (summary.matrix && env['GITHUB_ACTIONS'] === 'true') {
      const { readDocument } = await import('../../run/matrix/keep-document.ts')
      const { exportMatrix } = await import('../matrix-exports.ts')
      const shown = readDocument(config.directory)
      if (shown) await exportMatrix(shown, config.directory, { values: {}, cwd, env, progress })
    }
    for (const note of stoppedLines({ stopped, summary })) progress(note)
    return stopped?.exitCode ?? summary.verdict.exitCode
  },
}
