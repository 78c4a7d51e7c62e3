import { parseArgs } from 'node:util'
import type { Command, CommandOption, OptionValues } from './command.ts'
import { shellLine } from '../run/shell-line.ts'
import { unknownWord, usageError } from './usage-error.ts'

/** The options that every command has. */
export const commonOptions: Readonly<Record<string, CommandOption>> = {
  config: { type: 'string', value: 'FILE', help: 'use this config file' },
  json: { type: 'boolean', help: 'print one JSON document' },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
}

/** A command line, taken apart. */
export interface ParsedArguments {
  readonly values: OptionValues
  readonly positionals: readonly string[]
  readonly rest: readonly string[]
}

/**
 * Takes the arguments of a command apart.
 *
 * @throws MortarError `MORTAR_USAGE` for an unknown option, a missing value, or one where there may be none
 */
export function parseArguments(command: Command, args: readonly string[]): ParsedArguments {
  const dashes = args.indexOf('--')
  const before = dashes < 0 ? args : args.slice(0, dashes)
  const after = dashes < 0 ? [] : args.slice(dashes + 1)
  const options = { ...command.options, ...commonOptions }
  const { values, positionals, tokens } = parseArgs({
    args: [...before],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type, short, multiple }]) => [
        name,
        { type, ...(short && { short }), ...(multiple && { multiple }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const takesCommand = command.takesCommand === true
  const stray = takesCommand && !command.takesNames ? tokens.find(({ kind }) => kind === 'positional') : undefined
  // What looks like an option after the first word may be meant for the command; what stands before it is ours.
  const ours = stray ? tokens.filter(({ index }) => index < stray.index) : tokens
  const given = new Set<string>()
  for (const token of ours) {
    if (token.kind !== 'option') continue
    checkOption(command, options, token)
    checkOnce(options[token.name]!, token, given)
  }
  if (stray) throw strayWord(command, before, stray.index, dashes >= 0)
  return {
    values: values as OptionValues,
    positionals: takesCommand ? positionals : [...positionals, ...after],
    rest: takesCommand ? after : [],
  }
}

function strayWord({ name }: Command, args: readonly string[], index: number, hasDashes: boolean): Error {
  if (hasDashes)
    return usageError(`\`mortar ${name}\` has no use for \`${args[index]}\``, `See \`mortar ${name} --help\`.`)
  const line = [...args.slice(0, index), '--', ...args.slice(index)]
  return usageError(`\`mortar ${name}\` takes its command after \`--\``, `Write \`mortar ${name} ${shellLine(line)}\`.`)
}

/** Of two values the last one holds, as who runs a script adds its own; but not where both may be meant. */
function checkOnce(
  { single }: CommandOption,
  { name, rawName }: { readonly name: string; readonly rawName: string },
  given: Set<string>,
): void {
  if (single && given.has(name)) {
    throw usageError(`\`${rawName}\` is there more than once, and it takes one value`, 'Leave out all but one.')
  }
  given.add(name)
}

function checkOption(
  command: Command,
  options: Readonly<Record<string, CommandOption>>,
  token: { name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined },
): void {
  const { name, rawName, value, inlineValue } = token
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  const help = `mortar ${command.name} --help`
  if (!option) {
    throw unknownWord(
      'option',
      rawName,
      Object.keys(options).map((known) => `--${known}`),
      help,
    )
  }
  if (option.type === 'boolean' && value !== undefined) {
    throw usageError(`\`${rawName}\` takes no value`, `Leave out \`=${value}\`.`)
  }
  if (option.type === 'string' && (value === undefined || value === '' || (!inlineValue && /^-./.test(value)))) {
    throw usageError(
      `\`${rawName}\` needs a value`,
      `Write \`${rawName}${rawName.startsWith('--') ? '=' : ' '}${option.value ?? 'VALUE'}\`; \`${help}\` says which.`,
    )
  }
}

/** The value of an option that takes one; the last when it was given more than once. */
export function textOption(values: OptionValues, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

/** Whether an option without value was given. */
export function flagOption(values: OptionValues, name: string): boolean {
  return values[name] === true
}
