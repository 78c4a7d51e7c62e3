import type { Command, CommandContext } from './command.ts'
import { commandTable } from './command-table.ts'
import { parseArguments } from './arguments.ts'
import { exitCodeOf, printError } from './print-error.ts'
import { columnsOf, ended, type Terminal, usesColor } from './output.ts'
import { unknownWord } from './usage-error.ts'

/** Where a command line comes from and goes to. */
export interface CliInput {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Terminal & { write(text: string): unknown }
  readonly stderr: Terminal & { write(text: string): unknown }
}

/** Runs one command line to its end, errors included. @returns The exit code. */
export async function runCli(input: CliInput): Promise<number> {
  const { args, env, stdout, stderr } = input
  const dashes = args.indexOf('--')
  const json = (dashes < 0 ? args : args.slice(0, dashes)).includes('--json')
  try {
    return await dispatch(input, json)
  } catch (error) {
    if (json) stdout.write(ended(printError(error, { json, color: false, env })))
    else stderr.write(ended(printError(error, { json, color: usesColor(stderr, env), env })))
    return exitCodeOf(error)
  }
}

async function dispatch(input: CliInput, json: boolean): Promise<number> {
  const { args, env, stdout } = input
  const color = usesColor(stdout, env)
  const at = args.findIndex((arg) => !arg.startsWith('-'))
  const leading = at < 0 ? args : args.slice(0, at)
  const name = args[at]
  const wordsOfHelp = leading.includes('--help') || leading.includes('-h')
  if (leading.includes('--version') || leading.includes('-v')) return showVersion(input, json)
  const stray = leading.find((arg) => !['--help', '-h', '--json'].includes(arg))
  if (stray !== undefined) {
    throw unknownWord('option', stray, ['--help', '--version', '--json'], 'mortar --help')
  }
  if (name === undefined || name === 'help') {
    const topic = name === undefined ? undefined : args.slice(at + 1).find((arg) => !arg.startsWith('-'))
    stdout.write(ended(await helpText(topic, { json, color, columns: columnsOf(stdout, env) })))
    return 0
  }
  const command = await loadCommand(name)
  const own = args.slice(at + 1)
  const { values, positionals, rest } = parseArguments(command, own)
  if (wordsOfHelp || values['help'] === true) {
    stdout.write(ended(await helpText(name, { json, color, columns: columnsOf(stdout, env) })))
    return 0
  }
  return command.run(contextOf(input, { args: own, values, positionals, rest, json, color }))
}

function contextOf(
  { cwd, env, stdout, stderr }: CliInput,
  parsed: Pick<CommandContext, 'args' | 'values' | 'positionals' | 'rest' | 'json' | 'color'>,
): CommandContext {
  return {
    ...parsed,
    cwd,
    env,
    columns: columnsOf(stdout, env),
    out: (text) => void stdout.write(ended(text)),
    progress: (text) => void stderr.write(ended(text)),
  }
}

async function loadCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined
  if (load) return load()
  throw unknownWord('command', name, [...Object.keys(commandTable), 'help'], 'mortar --help')
}

async function helpText(
  topic: string | undefined,
  options: { json: boolean; color: boolean; columns: number },
): Promise<string> {
  const { commandHelp, overview } = await import('./help.ts')
  if (topic !== undefined) return commandHelp(await loadCommand(topic), options)
  return overview(await Promise.all(Object.values(commandTable).map((load) => load())), options)
}

async function showVersion({ stdout }: CliInput, json: boolean): Promise<number> {
  const { packageVersion } = await import('./package-version.ts')
  const version = packageVersion()
  stdout.write(ended(json ? JSON.stringify({ version }) : version))
  return 0
}
