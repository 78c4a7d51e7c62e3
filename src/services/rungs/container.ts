import type { ServerDriver } from '../driver.ts'
import { findProgram } from '../find-program.ts'
import { runProgram } from '../run-program.ts'
import type { ServiceRequest } from '../service-request.ts'

/** A container engine that answers. */
export interface ContainerEngine {
  /** Path of its command line. */
  readonly program: string
  readonly name: string
  readonly version: string
}

type Environment = Readonly<Record<string, string | undefined>>

const engines = ['docker', 'podman']
const askTimeoutMs = 5_000

/** The first engine whose server answers; else, for each, why not. */
export async function findEngine(env: Environment): Promise<ContainerEngine | { readonly reason: string }> {
  const reasons: string[] = []
  for (const name of engines) {
    const program = findProgram(name, env)
    if (program === undefined) continue
    try {
      const args = ['version', '--format', '{{.Server.Version}}']
      const printed = await runProgram(program, args, { cwd: '/', env, timeoutMs: askTimeoutMs })
      return { program, name, version: printed.trim() }
    } catch {
      reasons.push(`${name} is here, but its engine does not answer`)
    }
  }
  return { reason: reasons.length > 0 ? reasons.join('; ') : `no ${engines.join(' or ')} on this machine` }
}

/** The image of a server: the one that is named, or its own in the wanted version. */
export function imageOf({ container }: ServerDriver, request: ServiceRequest): string {
  const { image, version, preferredVersion } = request
  if (image !== undefined) return image
  const tag = (version ?? preferredVersion)?.replace(/^>=\s*/, '') ?? container.tag
  return `${container.repositories[0]}:${tag}`
}

/** Arguments that run a server in the foreground, at a free port of the loopback address. */
export function runArguments(driver: ServerDriver, request: ServiceRequest, name: string): string[] {
  const { container } = driver
  const variables = Object.entries(container.env(request)).flatMap(([key, value]) => ['-e', `${key}=${value}`])
  const publish = ['-p', `127.0.0.1::${container.port}`]
  return ['run', '--rm', '--name', name, ...publish, ...variables, imageOf(driver, request), ...container.args(request)]
}

/** The port at which a container's server is reached; `undefined` while it has none. */
export async function publishedPort(
  { program }: ContainerEngine,
  name: string,
  port: number,
  env: Environment,
): Promise<number | undefined> {
  try {
    const printed = await runProgram(program, ['port', name, `${port}/tcp`], { cwd: '/', env, timeoutMs: askTimeoutMs })
    return Number(/:(\d+)\s*$/m.exec(printed)?.[1]) || undefined
  } catch {
    return undefined
  }
}
