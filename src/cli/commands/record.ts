import { MortarError } from '../../core/errors.ts'
import { countRenewed, describeChanges, snapshotCassettes } from '../../run/changes/cassette-changes.ts'
import { execute } from '../../run/execute.ts'
import { loadConfig } from '../../run/load-config.ts'
import { type Recovered, recoverRun } from '../../run/recover.ts'
import { shellLine } from '../../run/shell-line.ts'
import { printSummary } from '../../run/terminal-summary.ts'
import { printable } from '../../run/terminal-text.ts'
import { age, plural } from '../../run/wording.ts'
import type { Command } from '../command.ts'
import { triedLines } from '../services-text.ts'
import { stoppedLines } from '../run-notes.ts'
import { shortPath } from '../short-path.ts'
import { testCommand } from '../test-command.ts'

const modes: readonly string[] = ['all', 'new']

/** Recording on purpose, and saying what it changed. */
export const command: Command = {
  name: 'record',
  summary: 'record again from the real services, and say what changed',
  usage: 'record [--mode all|new] [--recover [--run ID]] [-- COMMAND...]',
  takesCommand: true,
  options: {
    mode: { type: 'string', value: 'MODE', help: 'all: replace recordings (default); new: only add what is missing' },
    recover: { type: 'boolean', help: 'save what the last killed run had recorded but not saved; runs nothing' },
    run: { type: 'string', value: 'ID', help: 'with --recover: this run in place of the last one' },
    cassette: { type: 'string', value: 'NAME', help: 'cassette of what no test has claimed (default: run)' },
  },
  examples: ['mortar record', 'mortar record --mode new -- npx vitest run test/orders', 'mortar record --recover'],
  async run({ values, rest, cwd, env, json, color, columns, out, progress }) {
    const mode = (values['mode'] as string | undefined) ?? 'all'
    if (!modes.includes(mode)) {
      throw new MortarError('MORTAR_USAGE', '`--mode` is not valid', { expected: modes.join(' or '), seen: mode })
    }
    const recording = { ...env, MORTAR_RECORD: mode }
    const config = await loadConfig({ directory: cwd, file: values['config'] as string | undefined, env: recording })
    if (values['recover'] === true) {
      const recovered = recoverRun(config, values['run'] as string | undefined)
      out(json ? JSON.stringify({ recovered: recovered ?? null }) : recoveredText(recovered))
      return 0
    }
    const before = snapshotCassettes(config)
    const line = testCommand(config, rest)
    progress(`mortar: recording with mode ${mode}: ${typeof line === 'string' ? line : shellLine(line)}`)
    const cassette = values['cassette'] as string | undefined
    const { summary, report, stopped } = await execute({
      onReady: (service) => progress(triedLines(service)),
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
      const unsaved = summary.findings.some(({ code }) => code === 'MORTAR_NOT_SAVED')
      const unchanged = unsaved
        ? 'No saved recording changed; what failing tests recorded is not saved.'
        : 'No recording changed.'
      out(changes.length === 0 ? unchanged : changes.map(({ text }) => text).join('\n'))
      if (renewed > 0)
        out(`${plural(renewed, 'recording')} confirmed: the service still says the same; only the date is new.`)
      out(`\n${printSummary(summary, { color, columns, report: shortPath(report, cwd) })}`)
    }
    for (const note of stoppedLines({ stopped, summary })) progress(note)
    return stopped?.exitCode ?? summary.verdict.exitCode
  },
}

function recoveredText(recovered: Recovered | undefined): string {
  if (!recovered) return 'Nothing to recover.'
  const { run, startedAt, command, saved, others } = recovered
  const started = startedAt === undefined ? '' : `, started ${age(Date.now() - startedAt)} ago`
  return [
    `Recovered run ${run}${command === '' ? '' : ` (\`${printable(command)}\`${started})`}`,
    ...saved.map(({ cassette, exchanges }) => `saved ${plural(exchanges, 'exchange')} to ${printable(cassette)}`),
    ...(others.length === 0
      ? []
      : [
          `${plural(others.length, 'earlier run')} did not end in order either: ${others.join(', ')}`,
          `→ \`mortar record --recover --run ${others[0]}\` saves what that one had recorded.`,
        ]),
  ].join('\n')
}
