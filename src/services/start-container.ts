import { basename } from 'node:path'
import { awaitGreeting } from './await-greeting.ts'
import type { ServerDriver } from './driver.ts'
import type { Greeting } from './handshake/greet.ts'
import { writePart } from './lease/lease-files.ts'
import { type ContainerEngine, publishedPort, runArguments } from './rungs/container.ts'
import type { ServiceRequest } from './service-request.ts'
import { endOf, logOf, type StartPlace } from './start-server.ts'

/** An image may have to be fetched first. */
const startTimeoutMs = 300_000

/**
 * Runs a server in a container that is removed when the lease ends.
 *
 * @throws MortarError `MORTAR_SERVICE_FAILED`, `MORTAR_SERVICE_TIMEOUT`, `MORTAR_DISK_FULL`
 */
export async function startContainer(
  driver: ServerDriver,
  request: ServiceRequest,
  engine: ContainerEngine,
  { generation, directory, env }: StartPlace,
): Promise<{ readonly port: number; readonly greeting: Greeting }> {
  const name = basename(directory)
  const known = Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
  writePart(generation, 'spec.json', {
    commands: [
      {
        title: `${driver.title} in a container`,
        program: engine.program,
        args: runArguments(driver, request, name),
        env: Object.fromEntries(known),
        cwd: '/',
        stopSignal: 'SIGKILL',
      },
    ],
    // Ending the command line does not end the container.
    afterwards: [[engine.program, 'rm', '--force', '--volumes', name]],
  })
  return awaitGreeting(driver.handshake(request), {
    title: driver.title,
    host: '127.0.0.1',
    port: () => publishedPort(engine, name, driver.container.port, env),
    timeoutMs: startTimeoutMs,
    ended: () => endOf(generation),
    printed: () => logOf(generation),
  })
}
