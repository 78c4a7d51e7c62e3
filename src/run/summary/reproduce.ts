import { quoteWord } from '../shell-line.ts'
import type { TestRef } from '../../core/exchange.ts'

/**
 * The shell command that runs the file of one test again with the boundaries attached. The whole suite is run when
 * the test command is a shell line to which no file can be added; without a test command it is `mortar check`.
 */
export function reproduce(command: string | undefined, test: TestRef | null | undefined): string {
  if (command === undefined) return 'npx mortar check'
  if (/[|&;<>`$()\n]/.test(command)) return `npx mortar run -- sh -c ${quoteWord(command)}`
  if (!test?.file || command.includes(test.file)) return `npx mortar run -- ${command}`
  const separator = /^(npm|pnpm) /.test(command) && !command.includes(' -- ') ? ' --' : ''
  return `npx mortar run -- ${command}${separator} ${quoteWord(test.file)}`
}
