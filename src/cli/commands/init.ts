import { relative } from 'node:path'
import { flagOption, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { printInit } from '../init-text.ts'
import { printResult } from '../output.ts'
import { unexpectedPositional, usageError } from '../usage-error.ts'

/** `mortar init` */
export const command: Command = {
  name: 'init',
  summary: 'find the boundaries of this project and write a config',
  usage: 'init [--dry-run] [--force]',
  details: [
    'Reads package.json, .env files, Compose files, OpenAPI files and the addresses in',
    'the source, and says for each boundary why it is suggested. Values of .env files are',
    'neither shown nor written, but for scheme, host and port of addresses.',
  ].join('\n'),
  options: {
    'dry-run': { type: 'boolean', help: 'print the config and write nothing' },
    force: { type: 'boolean', help: 'replace the config that is there' },
  },
  examples: ['mortar init --dry-run', 'mortar init'],
  async run(context) {
    const { positionals, values, cwd } = context
    unexpectedPositional('init', positionals)
    if (textOption(values, 'config') !== undefined) {
      throw usageError('`mortar init` has no use for `--config`', 'It writes mortar.config in the current folder.')
    }
    const { surveyProject } = await import('../../run/init/survey-project.ts')
    const { planConfig } = await import('../../run/init/plan-config.ts')
    const dryRun = flagOption(values, 'dry-run')
    const survey = await surveyProject(cwd)
    const { file, text, existing } = planConfig(cwd, survey)
    const name = relative(cwd, file)
    if (existing !== undefined && !dryRun && !flagOption(values, 'force')) {
      throw usageError(
        `${existing} is there already; nothing was written`,
        '`mortar init --dry-run` shows what would be written, `--force` replaces the file.',
      )
    }
    let ignored = false
    if (!dryRun) {
      const { writeWhole } = await import('../../files/write-whole.ts')
      const { ignoreRuns } = await import('../../run/init/ignore-runs.ts')
      writeWhole(file, text)
      ignored = ignoreRuns(cwd)
    }
    const written = { config: name, text, dryRun, replaced: existing !== undefined, ignored }
    const { boundaries, servers, unattached, doubtful, skipped, runner, files } = survey
    const installed = survey.facts === undefined || survey.facts.dependencies.includes('mortar')
    printResult(context, { ...written, boundaries, servers, unattached, doubtful, skipped, runner, files }, () =>
      printInit(survey, { ...written, installed }, context),
    )
    return 0
  },
}
