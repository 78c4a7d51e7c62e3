import type { Exchange } from '../core/exchange.ts'
import type { HttpQuestion, HttpReply } from '../protocols/http/message.ts'
import type { ImportedGroup } from './format.ts'

/** Puts the exchanges of each test together, tests in the order in which they first occur. */
export function groupByTest(exchanges: readonly Exchange<HttpQuestion, HttpReply>[]): readonly ImportedGroup[] {
  const groups = Map.groupBy(exchanges, ({ test }) => (test === null ? '' : JSON.stringify([test.file, test.name])))
  return [...groups.values()].map((group) => ({ test: group[0]?.test ?? null, exchanges: group }))
}
