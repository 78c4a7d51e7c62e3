import type { CommandContext } from './command.ts'

/** The part of a writable stream that colours depend on. */
export interface Terminal {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** Whether to colour what goes to `stream`: `FORCE_COLOR` over `NO_COLOR` over what the stream is. */
export function usesColor(stream: Terminal, env: CommandContext['env']): boolean {
  const forced = env.FORCE_COLOR
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  if (env.NO_COLOR) return false
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** The width to print for: that of the terminal, else `COLUMNS`, else 80. */
export function columnsOf(stream: Terminal, env: CommandContext['env']): number {
  return stream.columns ?? (Number(env.COLUMNS) || 80)
}

/** Prints a result: `document` as JSON under `--json`, else the text. */
export function printResult(context: CommandContext, document: unknown, text: () => string): void {
  context.out(context.json ? JSON.stringify(document, null, 2) : text())
}

/** `text` with a newline at its end. */
export function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}
