import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runChild, startChild } from './child.ts'

/** Folder of the compiled library; `MORTAR_DIST` names another one than `dist`. */
export const dist: string = process.env.MORTAR_DIST ?? join(import.meta.dirname, '..', 'dist')
/** What `node --import` takes to attach the boundaries, as `mortar/register` does. */
export const register: string = pathToFileURL(join(dist, 'runners', 'register.js')).href
/** The command line. */
export const cli: string = join(dist, 'cli', 'main.js')

const programs = join(import.meta.dirname, 'programs')

/** Absolute path of one of the programs that run in processes of their own. */
export function program(name: string): string {
  return join(programs, `${name}.ts`)
}

const folders = new Set<string>()
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Makes a folder that is gone when this process is. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `mortar-bench-${name}-`))
  folders.add(folder)
  return folder
}

/** What the config of a project says. */
export interface ProjectOptions {
  readonly origin: string
  readonly record: 'once' | 'live'
  /** The environment variable in which the program looks for the address. */
  readonly env?: string
  /** Extension of the config file (default `mjs`). */
  readonly extension?: 'mjs' | 'ts'
  /** A project whose cassettes are copied. */
  readonly cassettesOf?: string
}

/** Makes a project with a config of one boundary; journal and redaction are on, as they are by default. */
export function makeProject({ origin, record, env, extension = 'mjs', cassettesOf }: ProjectOptions): string {
  const folder = temporaryFolder('project')
  if (cassettesOf !== undefined) {
    cpSync(join(cassettesOf, 'cassettes'), join(folder, 'cassettes'), { recursive: true })
  }
  const boundary = { protocol: 'http', origin, repeat: 'last', ...(env !== undefined && { env }) }
  const config = { record, boundaries: { orders: boundary } }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, `mortar.config.${extension}`), `export default ${JSON.stringify(config)}\n`)
  return folder
}

/** Runs the real service with `count` exchanges while `work` runs. */
export async function withService<T>(
  options: { readonly count: number; readonly tls?: { readonly key: string; readonly cert: string } },
  work: (port: number) => Promise<T>,
): Promise<T> {
  const service = await startChild({ args: [program('service'), JSON.stringify(options)] })
  try {
    return await work((service.said as { port: number }).port)
  } finally {
    await service.end()
  }
}

/** What replays need: the origin that was recorded, and where each of the two recorders keeps it. */
export interface Recorded {
  readonly origin: string
  readonly count: number
  /** A project of Mortar's with a cassette. */
  readonly project: string
  /** Polly's recordings. */
  readonly polly: string
}

/** Records `count` exchanges from the real service, by Mortar and by Polly, each through its own front door. */
export async function record(count: number, by: { readonly polly: boolean } = { polly: true }): Promise<Recorded> {
  return withService({ count }, async (port) => {
    const origin = `http://127.0.0.1:${port}`
    const project = makeProject({ origin, record: 'once' })
    const polly = temporaryFolder('polly')
    const asking = (subject: string): string[] => [program('ask-all'), JSON.stringify({ subject, origin, count })]
    await runChild({ args: ['--import', register, ...asking('mortar')], cwd: project, timeoutMs: 300_000 })
    if (by.polly)
      await runChild({
        args: asking('polly'),
        env: { BENCH_POLLY: polly, BENCH_POLLY_MODE: 'record' },
        timeoutMs: 300_000,
      })
    return { origin, count, project, polly }
  })
}
