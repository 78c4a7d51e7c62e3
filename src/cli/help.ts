import { pad, type Paint, painter, widthOf, wrap } from '../run/terminal-text.ts'
import { commonOptions } from './arguments.ts'
import type { Command, CommandOption } from './command.ts'

/** How help is printed. */
export interface HelpOptions {
  readonly json: boolean
  readonly color: boolean
  readonly columns: number
}

/** What `mortar --help` says. */
export function overview(commands: readonly Command[], { json, color, columns }: HelpOptions): string {
  if (json) return JSON.stringify({ commands: commands.map(describe) }, null, 2)
  const paint = painter(color)
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2
  return [
    `${paint('mortar', 'bold')} tests the boundaries between a program and everything it talks to.`,
    '',
    `${paint('Usage', 'bold')}  mortar COMMAND [options]`,
    '',
    paint('Commands', 'bold'),
    ...commands.flatMap(({ name, summary }) => row(paint(pad(name, width), 'cyan'), width, summary, columns)),
    '',
    `\`mortar COMMAND --help\` says more about one of them; --json, on every`,
    'command, prints one JSON document.',
    'Exit codes: 0 passed, 1 the verdict is no, 2 wrong usage, 3 something around us.',
    '',
    `${paint('Start here', 'bold')}  mortar init`,
  ].join('\n')
}

/** What `mortar COMMAND --help` says. */
export function commandHelp(command: Command, { json, color, columns }: HelpOptions): string {
  if (json) return JSON.stringify(describe(command), null, 2)
  const paint = painter(color)
  const { summary, usage, details, examples = [] } = command
  return [
    ...wrap(`${paint(`mortar ${command.name}`, 'bold')}: ${summary}`, columns),
    '',
    `${paint('Usage', 'bold')}  mortar ${usage}`,
    ...(details === undefined ? [] : ['', ...detailLines(details, columns)]),
    '',
    paint('Options', 'bold'),
    ...optionRows({ ...command.options, ...commonOptions }, columns, paint),
    ...(examples.length === 0 ? [] : ['', paint('Examples', 'bold'), ...examples.map((example) => `  ${example}`)]),
  ].join('\n')
}

/** Paragraphs are wrapped; lines that begin with a space are kept. */
function detailLines(details: string, columns: number): readonly string[] {
  return details
    .trim()
    .replace(/(?<!\n)\n(?![\n ])/g, ' ')
    .split('\n')
    .flatMap((line) => (line === '' ? [''] : line.startsWith(' ') ? [line] : wrap(line, Math.min(columns, 100))))
}

function optionRows(options: Readonly<Record<string, CommandOption>>, columns: number, paint: Paint): string[] {
  const rows = Object.entries(options).map(([name, { short, value, type, help }]) => ({
    left: `${short ? `-${short}, ` : ''}--${name}${type === 'string' ? ` ${value ?? 'VALUE'}` : ''}`,
    help,
  }))
  const width = Math.max(...rows.map(({ left }) => widthOf(left))) + 2
  return rows.flatMap(({ left, help }) => row(paint(pad(left, width), 'cyan'), width, help, columns))
}

/** `left` takes `width` columns. */
function row(left: string, width: number, text: string, columns: number): string[] {
  const [first = '', ...others] = wrap(text, Math.max(30, columns - width - 2))
  return [`  ${left}${first}`, ...others.map((line) => `  ${' '.repeat(width)}${line}`)]
}

function describe({ name, summary, usage, options }: Command): object {
  return { name, summary, usage: `mortar ${usage}`, options: { ...options, ...commonOptions } }
}
