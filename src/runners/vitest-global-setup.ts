/** Loaded by vitest once, before its workers start. */
import '../core/refuse-old-node.ts'
import { loadConfig } from '../run/load-config.ts'
import { startServers } from '../run/start-servers.ts'
import { tellRunner } from './tell-runner.ts'

/** The parts of vitest's project that are used. */
interface VitestProject {
  readonly vitest: { readonly projects: readonly unknown[] }
  readonly config: { env: Record<string, unknown> }
}

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
  const config = await loadConfig({ directory: String(directory), env, file: env.MORTAR_CONFIG })
  const started = await startServers(config, { env })
  if (!started) return undefined
  // What is in our own environment would be that of every project of a workspace.
  if (vitest.projects.length > 1) own.env = { ...own.env, ...started.variables }
  // Workers are given the environment as it is when they start.
  else Object.assign(env, started.variables)
  return () => started.close()
}
