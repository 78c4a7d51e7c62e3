import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readJournal } from '../../store/read-journal.ts'
import { unreadVariable } from '../unread-variable.ts'
import type { Suite } from './suite.ts'

/** A line for each boundary that a variable leads to, and that all that has run so far has not asked anything. */
export function tellUnasked({ config, folder }: Suite, env: NodeJS.ProcessEnv): readonly string[] {
  const inputs = config.boundaries.map(({ input }) => input)
  const hints = config.boundaries.flatMap(({ name, input }) => {
    const hint = unreadVariable(input, inputs, env)
    return hint === undefined ? [] : [{ name, hint }]
  })
  if (hints.length === 0) return []
  const runs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const events = runs.flatMap(({ name }) => readJournal(join(folder, name)).events)
  const asked = new Set(events.flatMap((event) => (event.t === 'ask' || event.t === 'miss' ? [event.boundary] : [])))
  return hints.flatMap(({ name, hint }) => (asked.has(name) ? [] : [`${name} was asked nothing. ${hint}`]))
}
