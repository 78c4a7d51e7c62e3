import type { ServerDriver } from '../driver.ts'
import { findPrograms } from '../find-program.ts'
import { homesOf } from '../homes.ts'
import { rememberedVersion } from '../remembered-version.ts'
import { runProgram } from '../run-program.ts'
import { findUser, isRoot, type ServerUser } from '../server-user.ts'
import type { ServiceRequest } from '../service-request.ts'
import { isVersion } from '../version.ts'

/** A server's program on this machine. */
export interface LocalServer {
  readonly program: string
  /** Empty when it does not say. */
  readonly version: string
  /** Whom it has to run as; `undefined`: as ourselves. */
  readonly user: ServerUser | undefined
}

/** What was found; `otherVersions` when there are programs, but none in the version that is demanded. */
export type LocalSearch =
  | { readonly server: LocalServer }
  | { readonly reason: string; readonly otherVersions?: readonly string[] }

type Environment = Readonly<Record<string, string | undefined>>

/** Finds the program of a server in the version that is wanted; where only preferred, the nearest to it. */
export async function findLocal(driver: ServerDriver, request: ServiceRequest, env: Environment): Promise<LocalSearch> {
  const { programs: names, folders, foldersFirst = false, title, debianPackage } = driver
  const programs = findPrograms({ names, folders, foldersFirst, env })
  if (programs.length === 0) {
    return { reason: `no ${names.join(' or ')} on this machine (Debian: apt-get install ${debianPackage})` }
  }
  const user = driver.refusesRoot && isRoot() ? findUser(['postgres', 'nobody']) : undefined
  if (driver.refusesRoot && isRoot() && !user)
    return { reason: `${title} refuses to run as root, and there is no other user` }
  const found = await Promise.all(
    programs.map(async (program) => ({ program, version: await versionOf(driver, program, env), user })),
  )
  return choose(found, driver, request)
}

function choose(found: readonly LocalServer[], { title }: ServerDriver, request: ServiceRequest): LocalSearch {
  const { version: demanded, preferredVersion } = request
  const fitting = demanded === undefined ? found : found.filter(({ version }) => isVersion(version, demanded))
  if (fitting.length === 0) {
    const versions = found.map(({ version }) => version || 'unknown')
    return { reason: `${title} ${versions.join(', ')} is here, but ${demanded} is wanted`, otherVersions: versions }
  }
  const preferred = fitting.find(
    ({ version }) => preferredVersion !== undefined && isVersion(version, preferredVersion),
  )
  return { server: preferred ?? fitting[0]! }
}

async function versionOf(driver: ServerDriver, program: string, env: Environment): Promise<string> {
  const { versionArguments: args } = driver
  if (!args) return driver.versionOf('', program) ?? ''
  try {
    const printed = await rememberedVersion(homesOf(env).versions, program, args, () => askVersion(program, args, env))
    return driver.versionOf(printed, program) ?? ''
  } catch {
    return ''
  }
}

/** Mosquitto shows its help, and its version with it, with a code that says failure. */
async function askVersion(program: string, args: readonly string[], env: Environment): Promise<string> {
  const options = { cwd: '/', env: { PATH: env.PATH }, timeoutMs: 5_000 }
  return runProgram(program, args, options).catch((error: { readonly seen?: string }) => error.seen ?? '')
}
