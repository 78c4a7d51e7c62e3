import { measureSubject, type SubjectName, subjects } from './in-process.ts'
import { Samples } from './measure.ts'
import type { Cell } from './measuring.ts'
import { record, type Recorded } from './project.ts'
import { number, ratio, table, verdict } from './table.ts'

const kinds = [
  { name: 'fetch GET', client: 'fetch', method: 'GET' },
  { name: 'fetch POST', client: 'fetch', method: 'POST' },
  { name: 'http GET', client: 'http', method: 'GET' },
] as const

const cells: readonly Cell[] = kinds.map((kind) => ({ ...kind, warmUpMs: 700, measureMs: 500, minCalls: 10 }))
const counts = [10, 1000, 10_000] as const

/** Replay of one exchange out of 10 to 10,000, chosen at random. */
export async function flatness(rounds: number, progress: (text: string) => void): Promise<string> {
  const samples = new Samples()
  const failures = new Set<string>()
  for (const count of counts) {
    progress(`flatness: recording ${count} exchanges`)
    // Polly writes all it has recorded anew; 10,000 take it a quarter of a minute, so its rounds stop at 1,000.
    const recorded: Recorded = await record(count, { polly: count <= 1000 })
    for (let round = 1; round <= rounds; round++) {
      for (const subject of subjects) {
        if (subject === 'polly' && count > 1000) continue
        progress(`flatness, ${count} exchanges, round ${round} of ${rounds}: ${subject}`)
        for (const [cell, result] of Object.entries(await measureSubject(subject, cells, recorded))) {
          if ('p50' in result) samples.add(`${subject} ${cell} ${count}`, result.p50)
          else failures.add(`- failed: ${subject}, ${cell}, ${count} exchanges: ${result.error}`)
        }
      }
    }
  }
  const at = (subject: SubjectName, kind: string, count: number): number | undefined =>
    samples.median(`${subject} ${kind} ${count}`)
  const tables = kinds.map(({ name }) => {
    const rows = subjects.map((subject) => [
      subject,
      ...counts.map((count) => number(at(subject, name, count))),
      ratio(at(subject, name, 10_000), at(subject, name, 10)),
    ])
    return table([`${name}, µs p50`, ...counts.map((count) => number(count)), '10,000 ÷ 10'], rows)
  })
  const verdicts = kinds.map(({ name }) => {
    const [few, many] = [at('mortar', name, 10), at('mortar', name, 10_000)]
    return verdict(`${name}: mortar with 10,000 ÷ with 10`, few && many && many / few, 1.5, 'low')
  })
  return [...tables, [...verdicts, ...failures].join('\n')].join('\n\n')
}
