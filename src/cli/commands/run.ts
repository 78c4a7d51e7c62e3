import { MortarError } from '../../core/errors.ts'
import { execute } from '../../run/execute.ts'
import { loadConfig } from '../../run/load-config.ts'
import type { Command } from '../command.ts'
import { triedLines } from '../services-text.ts'
import { stoppedLines, warningLines } from '../run-notes.ts'
import { shortPath } from '../short-path.ts'
import { printTimeline } from '../../run/terminal-summary.ts'

/** Any command, in any language, with the boundaries attached. */
export const command: Command = {
  name: 'run',
  summary: 'run any command with the boundaries attached',
  usage: 'run [--cassette NAME] -- COMMAND...',
  takesCommand: true,
  options: {
    cassette: { type: 'string', value: 'NAME', help: 'cassette of what no test has claimed (default: run)' },
  },
  details: [
    'Each boundary gets a listener, its address in the variable that the boundary names with `env`. HTTP and HTTPS',
    'clients that honour HTTP_PROXY and HTTPS_PROXY need no variable: the proxy answers for every boundary, and the',
    'child trusts its certificates. The exit code is that of COMMAND, or 1 when it passed but asked what nothing answers.',
  ].join('\n'),
  examples: ['mortar run -- pytest', 'MORTAR_RECORD=all mortar run -- python smoke.py'],
  async run({ values, rest, cwd, env, json, color, columns, out, progress }) {
    if (rest.length === 0) {
      throw new MortarError('MORTAR_USAGE', 'there is no command to run after `--`', {
        hint: 'Write `mortar run -- COMMAND`.',
      })
    }
    const config = await loadConfig({ directory: cwd, file: values['config'] as string | undefined, env })
    const cassette = values['cassette'] as string | undefined
    const { summary, report, code, warnings, stopped } = await execute({
      onReady: (service) => progress(triedLines(service)),
      onVolume: progress,
      config,
      command: rest,
      env,
      output: json ? 'stderr' : 'inherit',
      ...(cassette !== undefined && { cassette }),
    })
    const { totals, tests } = summary
    const isBad = totals.misses > 0 || summary.unknown.some(({ policy }) => policy === 'error')
    const exitCode = code === 0 && isBad ? 1 : code
    // What `check` would make of it is not what this command ends with.
    const reasons = exitCode === 0 ? [] : summary.verdict.reasons
    const verdict = { ...summary.verdict, passed: exitCode === 0, exitCode, reasons }
    if (json) out(JSON.stringify({ ...summary, verdict }))
    for (const { explanation } of tests.flatMap(({ misses }) => misses)) progress(`\n${explanation}`)
    const shown = printTimeline(summary, { color, columns })
    if (shown !== '') progress(`\n${shown}\n`)
    const { fromCassette, fromService, misses, unknownCalls, saved } = totals
    const counts = [
      `${fromCassette} replayed`,
      `${fromService} from real services`,
      saved.exchanges > 0 && `${saved.exchanges} saved`,
      misses > 0 && `${misses} missed`,
      unknownCalls > 0 && `${unknownCalls} to unknown destinations`,
    ]
    for (const note of warningLines(warnings)) progress(note)
    for (const { boundary, fix } of summary.findings.filter(({ code }) => code === 'MORTAR_BOUNDARY_UNUSED')) {
      const isLedTo = config.boundaries.some(({ name, input }) => name === boundary && input.env !== undefined)
      if (isLedTo) progress(`mortar: ${boundary} was asked nothing. ${fix}`)
    }
    for (const note of stoppedLines({ stopped, summary })) progress(note)
    progress(`mortar: ${counts.filter(Boolean).join(', ')} · ${shortPath(report, cwd)}`)
    return exitCode
  },
}
