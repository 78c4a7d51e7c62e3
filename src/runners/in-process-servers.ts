import { threadId } from 'node:worker_threads'
import type { RunContext } from '../run/run-context.ts'
import type { Session } from '../run/session.ts'
import { startServers } from '../run/start-servers.ts'
import type { WorkerServers } from '../run/worker-servers.ts'

/** The servers of a config as the tests of this process see them. */
export interface InProcessServers {
  readonly servers: WorkerServers
  close(): Promise<void>
}

/**
 * Opens an address of this process' own for each server of the config, and sets the variables to them. What no outer
 * process has started is started. Without servers, nothing is loaded.
 */
export async function openInProcessServers(
  run: RunContext,
  session: () => Session,
): Promise<InProcessServers | undefined> {
  if (!run.boundaries.some(({ wire }) => wire)) return undefined
  const { env } = process
  const started = await startServers(run.config, { env })
  try {
    const { openWorkerServers } = await import('../run/worker-servers.ts')
    const servers = await openWorkerServers(run, {
      worker: `${process.pid}-${threadId}`,
      env: { ...env, ...started?.variables },
      door: 'in-process',
      fixedPorts: false,
      session,
    })
    const former = Object.keys(servers.variables).map((name) => [name, env[name]] as const)
    Object.assign(env, servers.variables)
    return {
      servers,
      async close() {
        for (const [name, value] of former) {
          if (value === undefined) delete env[name]
          else env[name] = value
        }
        await servers.close()
        await started?.close()
      },
    }
  } catch (error) {
    await started?.close()
    throw error
  }
}
