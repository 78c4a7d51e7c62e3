import type { TestRef } from '../../core/exchange.ts'

/**
 * The shell command that runs the file of one test again with the boundaries attached. The whole suite is run when
 * the test command is a shell line to which no file can be added; without a test command it is `mortar check`.
 */
export function reproduce(command: string | undefined, test: TestRef | null | undefined): string {
  if (command === undefined) return 'npx mortar check'
  if (/[|&;<>`$()\n]/.test(command)) return `npx mortar run -- sh -c ${quoted(command)}`
  if (!test?.file) return `npx mortar run -- ${command}`
  const separator = /^(npm|pnpm) /.test(command) && !command.includes(' -- ') ? ' --' : ''
  return `npx mortar run -- ${command}${separator} ${quoted(test.file)}`
}

function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
