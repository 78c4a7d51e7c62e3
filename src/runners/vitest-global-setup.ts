/** Loaded by vitest once, before its workers start. */
import '../core/refuse-old-node.ts'
import { loadConfig } from '../run/load-config.ts'
import { startServers } from '../run/start-servers.ts'
import { tellRunner } from './tell-runner.ts'

/** Starts the servers that the config's boundaries need, for all workers. @returns Ends them. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  try {
    return await start()
  } catch (error) {
    throw tellRunner(error)
  }
}

async function start(): Promise<(() => Promise<void>) | undefined> {
  const { env } = process
  const config = await loadConfig({
    directory: env.MORTAR_PROJECT ?? process.cwd(),
    env,
    file: env.MORTAR_CONFIG,
  })
  const started = await startServers(config, { env })
  if (!started) return undefined
  // Workers are given the environment as it is when they start.
  Object.assign(env, started.variables)
  return () => started.close()
}
