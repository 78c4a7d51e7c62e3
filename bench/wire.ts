import { execFile } from 'node:child_process'
import { globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { type Child, startChild } from './child.ts'
import { median, Samples } from './measure.ts'
import { cli, program, temporaryFolder } from './project.ts'
import { type Server, startServer } from './server.ts'
import { number, ratio, table, verdict } from './table.ts'

const run = promisify(execFile)
const paths = ['direct', 'pipe', 'mortar', 'mortar run, journalled'] as const
const loads = {
  'pgbench -S, 8 clients': ['-S', '-M', 'simple'],
  'pgbench -S prepared, 8 clients': ['-S', '-M', 'prepared'],
  'pgbench (TPC-B), 8 clients': ['-N', '-M', 'simple'],
} as const
const bulk = 'SELECT of 100,000 rows'

/** PostgreSQL through the decoding proxy, a bare pipe, and nothing. */
export async function wire(rounds: number, progress: (text: string) => void): Promise<string> {
  const pgbench = globSync('/usr/lib/postgresql/*/bin/pgbench').sort().at(-1)
  if (pgbench === undefined) throw new Error('pgbench is not installed')
  const server = await startServer('postgres', temporaryFolder('wire'))
  const samples = new Samples()
  try {
    const at = (port: number): string[] => ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres', 'postgres']
    await run(pgbench, ['-i', '-s', '5', '-q', ...at(server.port)])
    for (let round = 1; round <= rounds; round++) {
      for (const path of paths) {
        progress(`wire, round ${round} of ${rounds}: ${path}`)
        const carrier = path === 'direct' ? undefined : await carry(path, server)
        const port = carrier ? (carrier.said as { port: number }).port : server.port
        try {
          for (const [name, how] of Object.entries(loads)) {
            const { stdout } = await run(pgbench, [...how, '-n', '-c', '8', '-j', '2', '-T', '4', ...at(port)])
            samples.add(`${name} ${path}`, Number(/tps = ([\d.]+)/.exec(stdout)?.[1]))
          }
          samples.add(`${bulk} ${path}`, await selects(port))
        } finally {
          await carrier?.end()
        }
      }
    }
  } finally {
    await server.close()
  }
  const rows = [...Object.keys(loads), bulk].map((name) => {
    const [direct, pipe, mortar, journalled] = paths.map((path) => samples.median(`${name} ${path}`))
    return [
      name,
      ...[direct, pipe, mortar, journalled].map((value) => number(value, name === bulk ? 1 : 0)),
      ratio(mortar, pipe),
      ratio(mortar, direct),
    ]
  })
  const of = (name: string, base: (typeof paths)[number]): number | undefined => {
    const ours = samples.median(`${name} mortar`)
    const other = samples.median(`${name} ${base}`)
    return ours && other && ours / other
  }
  return [
    table(['per second', ...paths, 'mortar ÷ pipe', 'mortar ÷ direct'], rows),
    [
      ...Object.keys(loads).map((name) => verdict(`${name}: mortar ÷ pipe`, of(name, 'pipe'), 0.9, 'high')),
      verdict(`${bulk}: mortar ÷ direct`, of(bulk, 'direct'), 0.9, 'high'),
    ].join('\n'),
  ].join('\n\n')
}

function carry(path: Exclude<(typeof paths)[number], 'direct'>, { url, port }: Server): Promise<Child> {
  if (path !== 'mortar run, journalled') return startChild({ args: [program('carry'), JSON.stringify({ path, port })] })
  const folder = temporaryFolder('journalled')
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const boundaries = { orders: { protocol: 'postgres', isolation: 'none' } }
  writeFileSync(join(folder, 'mortar.config.mjs'), `export default ${JSON.stringify({ boundaries })}\n`)
  const args = [cli, 'run', '--', process.execPath, program('hold-database')]
  return startChild({ args, cwd: folder, env: { DATABASE_URL: url } })
}

/** Bulk selects per second, the median of some. */
async function selects(port: number): Promise<number> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
  await client.connect()
  const times: number[] = []
  for (let i = 0; i < 12; i++) {
    const began = performance.now()
    await client.query('SELECT * FROM pgbench_accounts LIMIT 100000')
    if (i >= 2) times.push(performance.now() - began)
  }
  await client.end()
  return 1000 / median(times)
}
