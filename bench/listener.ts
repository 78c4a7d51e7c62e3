import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, runChild, startChild } from './child.ts'
import type { Load, LoadResult } from './loading.ts'
import { Samples } from './measure.ts'
import { cli, makeProject, program, record, type Recorded } from './project.ts'
import { number, ratio, table, verdict } from './table.ts'
import { startWireMock } from './wiremock.ts'

const connections = 64

/** A server under load. */
interface Target {
  readonly load: Pick<Load, 'host' | 'port' | 'tls' | 'proxy'>
  /** Default 2000. */
  readonly warmUpMs?: number
  end(): Promise<void>
}

/** Replay by a listener, for programs that are not Node: 10 exchanges at 64 connections. */
export async function listener(rounds: number, progress: (text: string) => void): Promise<string> {
  const count = 10
  const recorded = await record(count)
  const project = projectOf(recorded)
  const names = ['raw node:http + Map', 'mortar', 'WireMock, no journal', 'mockttp, not recording'] as const
  const { samples, failures } = await loadInTurn('listener', rounds, count, progress, {
    [names[0]]: async () => portOf(await startChild({ args: [program('service'), JSON.stringify({ count })] })),
    [names[1]]: async () => {
      const child = await startChild({ args: [cli, 'run', '--', process.execPath, program('hold')], cwd: project })
      return { load: addressOf((child.said as { listener: string }).listener), end: () => child.end() }
    },
    [names[2]]: async () => {
      const { port, end } = await startWireMock(count)
      // The Java compiler takes longer to warm up.
      return { load: { host: '127.0.0.1', port }, warmUpMs: 8000, end }
    },
    [names[3]]: async () =>
      portOf(await startChild({ args: [program('mockttp'), JSON.stringify({ count, proxy: false })] })),
  })
  const ours = samples.median('mortar')
  const raw = samples.median(names[0])
  return [
    loadTable(names, samples),
    [verdict('listener: mortar ÷ raw node:http', ours && raw && ours / raw, 0.6, 'high'), ...failures].join('\n'),
  ].join('\n\n')
}

/** Starts each target in turn, round after round, and loads it. */
export async function loadInTurn(
  title: string,
  rounds: number,
  count: number,
  progress: (text: string) => void,
  targets: Readonly<Record<string, () => Promise<Target>>>,
): Promise<{ samples: Samples; failures: string[] }> {
  const samples = new Samples()
  const failures = new Set<string>()
  for (let round = 1; round <= rounds; round++) {
    for (const [name, start] of Object.entries(targets)) {
      progress(`${title}, round ${round} of ${rounds}: ${name}`)
      const target = await start()
      try {
        const { warmUpMs = 2000 } = target
        const load: Load = { ...target.load, count, connections, warmUpMs, measureMs: 2000 }
        const result = await runChild<LoadResult>({ args: [program('load'), JSON.stringify(load)] })
        if (result.wrong > 0) failures.add(`- failed: ${name}: ${result.wrong} wrong answers: ${result.seen ?? ''}`)
        else addResult(samples, name, result)
      } finally {
        await target.end()
      }
    }
  }
  return { samples, failures: [...failures] }
}

function addResult(samples: Samples, name: string, result: LoadResult): void {
  samples.add(name, result.perSecond)
  samples.add(`${name} p50`, result.p50)
  samples.add(`${name} p99`, result.p99)
  samples.add(`${name} client`, result.clientCpu)
}

/** The results of {@link loadInTurn}, compared with the first name. */
export function loadTable(names: readonly string[], samples: Samples): string {
  const base = samples.median(names[0] ?? '')
  const rows = names.map((name) => [
    name,
    number(samples.median(name)),
    ratio(samples.median(name), base),
    number(samples.median(`${name} p50`), 2),
    number(samples.median(`${name} p99`), 2),
    `${number((samples.median(`${name} client`) ?? NaN) * 100)} %`,
  ])
  return table([`${connections} connections`, 'req/s', '÷ first', 'p50 ms', 'p99 ms', "client's core"], rows)
}

/** Host and port of a URL, with its credentials as a proxy wants them. */
export function addressOf(url: string): { host: string; port: number; authorization?: string } {
  const { hostname, port, username, password } = new URL(url)
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  return { host: hostname, port: Number(port), ...(username !== '' && { authorization: `Basic ${credentials}` }) }
}

/** A child that said on which port it listens. */
export function portOf(child: Child): Target {
  return { load: { host: '127.0.0.1', port: (child.said as { port: number }).port }, end: () => child.end() }
}

/** The recording that was made in-process, for a command: it is the same cassette under another name. */
function projectOf({ origin, project }: Recorded): string {
  const outside = makeProject({ origin, record: 'once', env: 'ORDERS_URL', cassettesOf: project })
  const cassettes = join(outside, 'cassettes')
  copyFileSync(join(cassettes, 'outside-of-tests.json'), join(cassettes, 'run.json'))
  return outside
}
