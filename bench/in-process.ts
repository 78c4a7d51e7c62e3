import { runChild } from './child.ts'
import { Samples } from './measure.ts'
import type { Cell, CellResult, Measuring } from './measuring.ts'
import { program, type Recorded, register, withService } from './project.ts'
import { number, ratio, table, verdict } from './table.ts'

/** The real service and everything that answers in its place, by the name of its file in `subjects/`. */
export const subjects = ['real', 'mortar', 'undici', 'polly', 'interceptors', 'nock', 'msw'] as const
/** One of {@link subjects}. */
export type SubjectName = (typeof subjects)[number]

const kinds = [
  { name: 'fetch GET', client: 'fetch', method: 'GET' },
  { name: 'fetch POST', client: 'fetch', method: 'POST' },
  { name: 'http GET', client: 'http', method: 'GET' },
  { name: 'http POST', client: 'http', method: 'POST' },
] as const

const cells: readonly Cell[] = [
  ...kinds.map((kind) => ({ ...kind, name: `short ${kind.name}`, warmUpMs: 120, measureMs: 300 })),
  ...kinds.map((kind) => ({ ...kind, name: `warm ${kind.name}`, warmUpMs: 700, measureMs: 500 })),
]

/** Measures the cells against one subject, in a process of its own. */
export async function measureSubject(
  subject: SubjectName,
  wanted: readonly Cell[],
  recorded: Recorded,
): Promise<Record<string, CellResult>> {
  const measuring: Measuring = {
    subject,
    origin: recorded.origin,
    count: recorded.count,
    // MockAgent only sees what undici's own fetch asks.
    cells: subject === 'undici' ? wanted.filter(({ client }) => client === 'fetch') : wanted,
  }
  const run = (origin: string): Promise<Record<string, CellResult>> =>
    runChild({
      args: [
        ...(subject === 'mortar' ? ['--import', register] : []),
        program('measure-calls'),
        JSON.stringify({ ...measuring, origin }),
      ],
      ...(subject === 'mortar' && { cwd: recorded.project }),
      env: { BENCH_POLLY: recorded.polly },
      timeoutMs: 300_000,
    })
  if (subject !== 'real') return run(recorded.origin)
  return withService({ count: recorded.count }, (port) => run(`http://127.0.0.1:${port}`))
}

/** Replay of 10 exchanges through `fetch` and `http.request`, one call after another. */
export async function inProcess(rounds: number, recorded: Recorded, progress: (text: string) => void): Promise<string> {
  const samples = new Samples()
  const errors = new Set<string>()
  for (let round = 1; round <= rounds; round++) {
    for (const subject of subjects) {
      progress(`in-process, round ${round} of ${rounds}: ${subject}`)
      const results = await measureSubject(subject, cells, recorded)
      for (const [cell, result] of Object.entries(results)) {
        if ('p50' in result) {
          samples.add(`${cell} ${subject}`, result.p50)
          samples.add(`${cell} ${subject} mean`, result.mean)
        } else errors.add(`${subject}, ${cell}: ${result.error}`)
      }
    }
  }
  const at = (warmth: string, kind: string, subject: string): number | undefined =>
    samples.median(`${warmth} ${kind} ${subject}`)
  const tables = (['short', 'warm'] as const).map((warmth) => {
    const rows = subjects.map((subject) => [
      subject,
      ...kinds.map(({ name }) => {
        const value = at(warmth, name, subject)
        return value === undefined ? '–' : `${number(value)} (${ratio(value, at(warmth, name, 'real'))})`
      }),
    ])
    const title = warmth === 'short' ? 'After 0.12 s of warm-up, like a test run' : 'After 0.7 s of warm-up'
    return `${title}:\n\n${table(['µs p50 (÷ real)', ...kinds.map(({ name }) => name)], rows)}`
  })
  const means = kinds.map(({ name }) => {
    const [ours, real] = [at('warm', name, 'mortar mean'), at('warm', name, 'real mean')]
    return `- mean of ${name}, warm, with journal and garbage collection in it: ${number(ours)} µs, ${ratio(ours, real)} of real`
  })
  const verdicts = kinds.flatMap(({ name, client }) => {
    const limit = client === 'fetch' ? 0.15 : 0.8
    return (['short', 'warm'] as const).flatMap((warmth) => {
      const ours = at(warmth, name, 'mortar')
      const real = at(warmth, name, 'real')
      const peers = subjects.slice(2).flatMap((subject) => at(warmth, name, subject) ?? [])
      return [
        verdict(`${name}, ${warmth}: mortar ÷ real`, ours && real && ours / real, limit, 'low'),
        verdict(`${name}, ${warmth}: mortar ÷ the fastest peer`, ours && ours / Math.min(...peers), 1, 'low'),
      ]
    })
  })
  return [...tables, [...verdicts, ...means].join('\n'), ...[...errors].map((error) => `- failed: ${error}`)].join(
    '\n\n',
  )
}
