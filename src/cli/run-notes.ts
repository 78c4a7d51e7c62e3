import { errorHints } from '../core/error-codes.ts'
import type { Executed } from '../run/execute.ts'
import { printable } from '../run/terminal-text.ts'
import { plural } from '../run/wording.ts'

/** Messages shown of each code. */
const shown = 3

/** The warnings of a run: for each code its messages, then once what to do. */
export function warningLines(warnings: Executed['warnings']): readonly string[] {
  return [...Map.groupBy(warnings, ({ code }) => code)].flatMap(([code, group]) => {
    const hint = Object.hasOwn(errorHints, code) ? errorHints[code as keyof typeof errorHints] : undefined
    const more = group.length - shown
    return [
      ...group.slice(0, shown).map(({ message, count }) => {
        return `${printable(code)}  ${printable(message)}${count > 1 ? ` (${count} times)` : ''}`
      }),
      ...(more > 0 ? [`and ${plural(more, 'more warning')} of this code, in the report`] : []),
      ...(hint === undefined ? [] : [`→ ${hint}`]),
    ]
  })
}

/** What to know after a run that was asked to stop. */
export function stoppedLines({ stopped, summary }: Pick<Executed, 'stopped' | 'summary'>): readonly string[] {
  if (!stopped) return []
  const { exchanges, cassettes } = summary.totals.saved
  const saved = exchanges > 0 ? `${plural(exchanges, 'exchange')} saved to ${plural(cassettes, 'cassette')}` : ''
  const left =
    stopped.recoverable > 0
      ? `${plural(stopped.recoverable, 'exchange')} not saved: \`npx mortar record --recover\` saves them`
      : ''
  const known = [saved, left].filter(Boolean).join('; ')
  return [`mortar: stopped by ${stopped.signal}${known === '' ? '' : `; ${known}`}`]
}
