/** Loaded by vitest once, before its workers start. */
import '../core/refuse-old-node.ts'
import { anyText } from '../core/any-value.ts'
import { realClearTimeout, realSetTimeout } from '../core/real-clock.ts'
import { loadConfig } from '../run/load-config.ts'
import type { LoadedConfig } from '../run/loaded-config.ts'
import { isOwned } from '../run/record-mode.ts'
import { startServers } from '../run/start-servers.ts'
import { tellRunner } from './tell-runner.ts'

/** The parts of vitest's project that are used. */
interface VitestProject {
  readonly vitest: { readonly projects: readonly unknown[] }
  readonly config: { env: Record<string, unknown> }
}

/** How long servers may take before it is said that they are waited for, milliseconds. */
const unsaidMs = 1_000

/** Starts the servers that the config's boundaries need, for all workers of a project. @returns Ends them. */
export async function setup(project: VitestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    return await start(project)
  } catch (error) {
    throw tellRunner(error)
  }
}

async function start({ config: own, vitest }: VitestProject): Promise<(() => Promise<void>) | undefined> {
  const directory = own.env['MORTAR_PROJECT'] ?? process.env.MORTAR_PROJECT ?? process.cwd()
  const { env } = process
  const config = await loadConfig({ directory: anyText(directory), env, file: env.MORTAR_CONFIG })
  const started = await sayWhatTakesLong(config, () => startServers(config, { env, onReady: tellNotes }))
  if (!started) return undefined
  // What is in our own environment would be that of every project of a workspace.
  if (vitest.projects.length > 1) own.env = { ...own.env, ...started.variables }
  // Workers are given the environment as it is when they start.
  else Object.assign(env, started.variables)
  return () => started.close()
}

/** A person who waits wants to know for what. */
async function sayWhatTakesLong<T>({ boundaries }: LoadedConfig, start: () => Promise<T>): Promise<T> {
  const names = boundaries.filter(({ input }) => isOwned(input)).map(({ name }) => name)
  const timer = realSetTimeout(() => console.error(`mortar: starting the servers of ${names.join(', ')} …`), unsaidMs)
  try {
    return await start()
  } finally {
    realClearTimeout(timer)
  }
}

function tellNotes({ name, notes }: { readonly name: string; readonly notes: readonly string[] }): void {
  for (const note of notes) console.error(`mortar: ${name}: ${note}`)
}
