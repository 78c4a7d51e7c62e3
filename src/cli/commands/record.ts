import { recordModes } from '../../core/boundary.ts'
import { MortarError } from '../../core/errors.ts'
import { countRenewed, describeChanges, snapshotCassettes } from '../../run/changes/cassette-changes.ts'
import { execute } from '../../run/execute.ts'
import { loadConfig } from '../../run/load-config.ts'
import { recoverRuns } from '../../run/recover.ts'
import { shellLine } from '../../run/shell-line.ts'
import { printSummary } from '../../run/terminal-summary.ts'
import { plural } from '../../run/wording.ts'
import type { Command } from '../command.ts'
import { shortPath } from '../short-path.ts'
import { testCommand } from '../test-command.ts'

/** Recording on purpose, and saying what it changed. */
export const command: Command = {
  name: 'record',
  summary: 'record again from the real services, and say what changed',
  usage: 'record [--mode all|new] [--recover] [-- COMMAND...]',
  takesCommand: true,
  options: {
    mode: { type: 'string', value: 'MODE', help: 'all: replace recordings (default); new: only add what is missing' },
    recover: { type: 'boolean', help: 'save what a killed run had recorded but not saved; runs nothing' },
    cassette: { type: 'string', value: 'NAME', help: 'cassette of what no test has claimed (default: run)' },
  },
  examples: ['mortar record', 'mortar record --mode new -- npx vitest run test/orders', 'mortar record --recover'],
  async run({ values, rest, cwd, env, json, color, columns, out, progress }) {
    const mode = (values['mode'] as string | undefined) ?? 'all'
    if (!['all', 'new', 'once'].includes(mode)) {
      throw new MortarError('MORTAR_USAGE', '`--mode` is not valid', {
        expected: recordModes.filter((name) => name !== 'none' && name !== 'live').join(', '),
        seen: mode,
      })
    }
    const recording = { ...env, MORTAR_RECORD: mode }
    const config = await loadConfig({ directory: cwd, file: values['config'] as string | undefined, env: recording })
    const before = snapshotCassettes(config)
    if (values['recover'] === true) {
      const recovered = recoverRuns(config)
      if (json) out(JSON.stringify({ recovered }))
      else
        out(
          recovered.length === 0
            ? 'Nothing to recover.'
            : recovered.map(({ cassette, exchanges }) => `saved ${exchanges} exchanges to ${cassette}`).join('\n'),
        )
      return 0
    }
    const line = testCommand(config, rest)
    progress(`mortar: recording with mode ${mode}: ${typeof line === 'string' ? line : shellLine(line)}`)
    const cassette = values['cassette'] as string | undefined
    const { summary, report } = await execute({
      config,
      command: line,
      env: recording,
      output: 'stderr',
      ...(cassette !== undefined && { cassette }),
    })
    const after = snapshotCassettes(config)
    const changes = describeChanges(before, after)
    const renewed = countRenewed(before, after)
    if (json) out(JSON.stringify({ changes, renewed, summary }))
    else {
      out(changes.length === 0 ? 'No recording changed.' : changes.map(({ text }) => text).join('\n'))
      if (renewed > 0)
        out(`${plural(renewed, 'recording')} confirmed: the service still says the same; only the date is new.`)
      out(`\n${printSummary(summary, { color, columns, report: shortPath(report, cwd) })}`)
    }
    return summary.verdict.exitCode
  },
}
