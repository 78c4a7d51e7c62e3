import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergedLines } from './merged-lines.ts'
import type { StoredLine } from './stored.ts'

const test = { file: 'a.test.ts', name: 'pays' }
const inputs = (key: string): StoredLine => ({ t: 'inputs', key, file: test.file, inputs: [], outside: false })
const uses = (key: string, id: string): StoredLine => ({ t: 'uses', key, id, modules: [] })
const ran = (key: string, id: string, usesId: string): StoredLine =>
  ({ t: 'ran', key, uses: usesId, run: 'r', record: { t: 'ran', id, test }, leftBehind: [], events: [] }) as never
const again = (key: string, id: string): StoredLine => ({ t: 'again', key, id, test, seen: true })

/** What is known of some of ten runs, each with what it depends on. */
const generation = (key: string): fc.Arbitrary<readonly StoredLine[]> =>
  fc
    .uniqueArray(fc.record({ id: fc.nat(9), uses: fc.nat(2), seen: fc.boolean() }), { selector: ({ id }) => id })
    .map((runs) => [
      inputs(key),
      ...[0, 1, 2].map((id) => uses(key, `u${id}`)),
      ...runs.flatMap((run) => [
        ran(key, `c${run.id}`, `u${run.uses}`),
        ...(run.seen ? [again(key, `c${run.id}`)] : []),
      ]),
    ])

const idsOf = (lines: readonly StoredLine[]): readonly string[] =>
  lines.flatMap((line) => (line.t === 'ran' ? [line.record.id] : []))

it('of each run the newer version is known, or else the older one, with all that it depends on and no more', () => {
  fc.assert(
    fc.property(generation('old'), generation('new'), (older, newer) => {
      const merged = mergedLines(older, newer)
      const fresh = new Set(idsOf(newer))
      expect(idsOf(merged).toSorted()).toEqual([...new Set([...idsOf(older), ...fresh])].toSorted())
      for (const line of merged) {
        if (line.t === 'ran') expect(line.key).toBe(fresh.has(line.record.id) ? 'new' : 'old')
        if (line.t === 'again') expect(line.key).toBe(fresh.has(line.id) ? 'new' : 'old')
      }
      const needed = merged.flatMap((line) => (line.t === 'ran' ? [line.key, `${line.key} ${line.uses}`] : []))
      const there = merged.flatMap((line) =>
        line.t === 'inputs' ? [line.key] : line.t === 'uses' ? [`${line.key} ${line.id}`] : [],
      )
      expect(there.toSorted()).toEqual([...new Set(needed)].toSorted())
      const firstRun = merged.findIndex(({ t }) => t === 'ran')
      expect(merged.slice(0, firstRun < 0 ? undefined : firstRun).every(({ t }) => t !== 'again')).toBe(true)
    }),
  )
})
