import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import net from 'node:net'
import pg from 'pg'
import { Samples } from './measure.ts'
import { temporaryFolder } from './project.ts'
import { startServer } from './server.ts'
import { number, ratio, table, verdict } from './table.ts'

const names = ['copy and bare start', 'mortar, from cache', 'mortar, shared'] as const

/** Milliseconds until PostgreSQL answers `SELECT 1`: a copied cluster and a bare start, against Mortar's. */
export async function postgresStart(rounds: number, progress: (text: string) => void): Promise<string> {
  const samples = new Samples()
  const bare = prepareBare()
  const project = temporaryFolder('start')
  await (await startServer('postgres', project)).close()
  for (let round = 1; round <= rounds * 5; round++) {
    progress(`postgres-start, round ${round} of ${rounds * 5}`)
    samples.add(names[0], await bare.start())
    let began = performance.now()
    const server = await startServer('postgres', project)
    await selectOne(server.url)
    samples.add(names[1], performance.now() - began)
    began = performance.now()
    const second = await startServer('postgres', project)
    await selectOne(second.url)
    samples.add(names[2], performance.now() - began)
    await second.close()
    await server.close()
  }
  bare.remove()
  const base = samples.median(names[0])
  const ours = samples.median(names[1])
  const rows = names.map((name) => [name, number(samples.median(name), 0), ratio(samples.median(name), base)])
  return [
    table(['PostgreSQL answers', 'median ms', '÷ first'], rows),
    verdict('ready from cache ÷ bare start plus copy', ours && base && ours / base, 1.5, 'low'),
  ].join('\n\n')
}

async function selectOne(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query('SELECT 1')
  await client.end()
}

/** The least that can be done: copy a prepared cluster, start its server, ask until it answers. */
function prepareBare(): { start(): Promise<number>; remove(): void } {
  const bin = globSync('/usr/lib/postgresql/*/bin').sort().at(-1)
  if (bin === undefined) throw new Error('PostgreSQL is not installed')
  const identity = ownIdentity()
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : '/tmp', 'mortar-bench-bare-'))
  const own = (path: string): void => {
    if (identity) chownSync(path, identity.uid, identity.gid)
  }
  const disk = temporaryFolder('prepared')
  own(folder)
  own(disk)
  const run = { ...identity, cwd: folder, env: { ...process.env, LC_ALL: 'C' } }
  // Where a cache would be: on the disk.
  const prepared = join(disk, 'prepared')
  const how = ['-D', prepared, '-A', 'trust', '-U', 'postgres', '-N', '-E', 'UTF8', '--locale=C']
  execFileSync(join(bin, 'initdb'), how, { ...run, stdio: 'ignore' })
  return {
    async start() {
      const data = join(folder, 'data')
      const port = await freePort()
      const began = performance.now()
      if (identity) execFileSync('cp', ['-a', prepared, data])
      else cpSync(prepared, data, { recursive: true, preserveTimestamps: true })
      const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
      const args = ['-D', data, '-p', `${port}`, '-k', folder, '-h', '127.0.0.1']
      const server = spawn(join(bin, 'postgres'), [...args, ...fast.flatMap((one) => ['-c', one])], {
        ...run,
        stdio: 'ignore',
      })
      await untilAnswers(`postgres://postgres@127.0.0.1:${port}/postgres`, server)
      const took = performance.now() - began
      const gone = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGQUIT')
      await gone
      rmSync(data, { recursive: true, force: true })
      return took
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function untilAnswers(url: string, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`)
    const answered = await selectOne(url).then(
      () => true,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 4))
  }
}

function ownIdentity(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'))
  const [, , uid, gid] = (line ?? '').split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

async function freePort(): Promise<number> {
  const probe = net.createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as net.AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
