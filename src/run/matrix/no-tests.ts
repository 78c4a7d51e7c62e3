import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { MortarError } from '../../core/errors.ts'
import { attachHints, runnerOf } from '../known-runner.ts'
import { shellLine } from '../shell-line.ts'
import type { BrokenFile } from './plan-file.ts'
import type { Suite, SuiteRun } from './suite.ts'
import { orAskForReal } from './unrecorded.ts'

const shownLines = 12

/** What stands before what to do, in the explanation of a miss. */
const fixMark = '\n\nFix: '

/** A runner that tells of its tests has told of none. @returns MortarError `MORTAR_MATRIX_NO_TESTS` */
export function noTestRan({ config }: Suite, { died, logFile }: SuiteRun, broken: readonly BrokenFile[]): MortarError {
  const where = config.file ?? config.directory
  if (broken.length > 0) {
    return new MortarError('MORTAR_MATRIX_NO_TESTS', 'no test ran, as no file of tests can be loaded', {
      where,
      seen: broken.map(({ file, why }) => `${file}: ${why}`).join('\n          '),
      hint: 'Mend what cannot be loaded; `mortar matrix` needs tests that pass by themselves.',
    })
  }
  const printed = lastLines(logFile)
  const isEmpty = /no test files found/i.test(printed)
  const reason = died.length > 0 ? 'no test ran to its end' : isEmpty ? 'vitest found no tests' : 'no test ran'
  const hint = 'See why in what the test command printed; `mortar matrix` needs tests that pass by themselves.'
  return new MortarError('MORTAR_MATRIX_NO_TESTS', reason, { where, seen: printed, hint })
}

/** Set where vitest has run its tests and told of none: then the plugin is missing, and nothing else has to be tried. */
export function pluginMissing(
  { config }: Pick<Suite, 'config'>,
  { logFile }: Pick<SuiteRun, 'logFile'>,
): MortarError | undefined {
  const [, major = 0, minor = 0] = /\bRUN\s+v(\d+)\.(\d+)/.exec(printedIn(logFile)) ?? []
  // With an older one there is no plugin that could be added.
  if (Number(major) < 4 || (Number(major) === 4 && Number(minor) < 1)) return undefined
  return new MortarError('MORTAR_MATRIX_NO_TESTS', 'vitest runs without the plugin, so no test is known', {
    where: config.file ?? config.directory,
    seen: lastLines(logFile),
    hint: attachHints.vitest,
  })
}

/** As the shell has it, and node where there is no such program. */
const notFound = 127

/** Set where there is no such program as the command names. */
export function commandMissing(
  { config, command }: Pick<Suite, 'config' | 'command'>,
  { code, logFile }: Pick<SuiteRun, 'code' | 'logFile'>,
): MortarError | undefined {
  if (code !== notFound) return undefined
  const line = typeof command === 'string' ? command : shellLine(command)
  return new MortarError('MORTAR_MATRIX_NO_TESTS', `the test command ended with ${notFound}: no such program`, {
    where: config.file ?? config.directory,
    seen: `\`${line}\`: ${lastLines(logFile)}`,
    hint: 'Check how the command is written, and that what it runs is installed.',
  })
}

/** No process of the command crossed a boundary. @returns MortarError `MORTAR_MATRIX_NO_TESTS` */
export function nothingCrossed({ config, command }: Suite, { logFile, grown }: SuiteRun): MortarError {
  const reason =
    grown === undefined
      ? 'nothing that the test command did crossed a boundary'
      : `the test command was ended before anything crossed a boundary: ${grown}`
  const runner = runnerOf(typeof command === 'string' ? command : shellLine(command), config.directory)
  return new MortarError('MORTAR_MATRIX_NO_TESTS', reason, {
    where: config.file ?? config.directory,
    seen: `${lastLines(logFile)}\n          (all that it printed is in ${logFile})`,
    ...(runner && { hint: attachHints[runner] }),
  })
}

/** Set where the command has asked something, and nothing of it is recorded: it has not got an answer to anything. */
export function nothingAnswered({ config }: Pick<Suite, 'config'>, { ran }: SuiteRun): MortarError | undefined {
  const misses = ran.flatMap(({ events }) => events.filter((event) => event.t === 'miss'))
  const [first] = misses
  if (!first) return undefined
  const { explanation } = first
  const fixAt = explanation.lastIndexOf(fixMark)
  const own = `${first.operation} at ${first.boundary}`
  const others = new Set(misses.map(({ operation, boundary }) => `${operation} at ${boundary}`))
  others.delete(own)
  // Of which clean run it is says nothing to people.
  const seen = explanation.slice(0, fixAt).replace(/ ⟦[^⟧]*⟧/, '')
  return new MortarError('MORTAR_MATRIX_NO_TESTS', 'the test command asked only what is not recorded', {
    where: config.file ?? config.directory,
    seen: [seen, ...(others.size > 0 ? [`\nNot recorded either: ${[...others].join(', ')}`] : [])]
      .join('\n')
      .replaceAll(/\n(?=.)/g, '\n          '),
    hint: `${capital(explanation.slice(fixAt + fixMark.length))}; ${orAskForReal}.`,
  })
}

/** A clean run took all the time that there was. @returns MortarError `MORTAR_MATRIX_NO_TESTS` */
export function noTimeForTests({ config }: Suite): MortarError {
  return new MortarError('MORTAR_MATRIX_NO_TESTS', 'the test command had not ended when the time was up', {
    where: config.file ?? config.directory,
    hint: 'Nothing can be tried before a run without a fault has ended: give it more time by `--budget`, or see by itself why it does not end.',
  })
}

/** What a command printed at its end, without colors and empty lines. */
function lastLines(logFile: string): string {
  const lines = printedIn(logFile)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.length === 0 ? 'the test command printed nothing' : lines.slice(-shownLines).join('\n          ')
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

function printedIn(logFile: string): string {
  try {
    return stripVTControlCharacters(readFileSync(logFile, 'utf8'))
  } catch {
    return ''
  }
}
