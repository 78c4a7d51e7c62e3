import { chownSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MortarError } from '../core/errors.ts'
import { awaitGreeting } from './await-greeting.ts'
import { claimPort } from './claim-port.ts'
import { type DataOrigin, fillData } from './cluster-cache.ts'
import type { LaunchPlace, ServerDriver } from './driver.ts'
import { findProgram } from './find-program.ts'
import { guardedCommand } from './guarded-command.ts'
import type { Greeting } from './handshake/greet.ts'
import { type Homes, ownFolder } from './homes.ts'
import { isAlive, type KeptCommand, readPart, writePart } from './lease/lease-files.ts'
import type { LocalServer } from './rungs/binary.ts'
import { failure, runProgram } from './run-program.ts'
import type { ServiceRequest } from './service-request.ts'

/** Where a server is started. */
export interface StartPlace {
  /** Folder of the lease's generation, whose keeper will own the server. */
  readonly generation: string
  /** Folder of the server's own files; it does not exist yet. */
  readonly directory: string
  readonly homes: Homes
  readonly env: Readonly<Record<string, string | undefined>>
  /** Hears where the server is going to answer, before it does. */
  readonly onPort?: (port: number) => void
}

/** A server that answers. */
export interface StartedServer {
  readonly port: number
  readonly greeting: Greeting
  readonly dataOrigin: DataOrigin
}

const prepareTimeoutMs = 90_000

/**
 * Starts a program of this machine as a server that answers at the loopback address.
 *
 * @throws MortarError `MORTAR_SERVICE_FAILED`, `MORTAR_SERVICE_TIMEOUT`, `MORTAR_PORT_IN_USE`, `MORTAR_DISK_FULL`
 */
export async function startServer(
  driver: ServerDriver,
  request: ServiceRequest,
  server: LocalServer,
  { generation, directory, homes, env, onPort }: StartPlace,
): Promise<StartedServer> {
  const { user, program, version } = server
  const inherited = serverEnvironment(env, directory)
  ownFolder(directory)
  if (user) chownSync(directory, user.uid, user.gid)
  const place: LaunchPlace = {
    request,
    program,
    version,
    directory,
    data: join(directory, 'data'),
    user,
    claimPort: () => claimPort(homes.ports, generation),
    find: (name) => findProgram(name, inherited),
    run: async (tool, args, { input, env: more } = {}) => {
      await runProgram(tool, args, {
        cwd: directory,
        env: { ...inherited, ...more },
        user,
        timeoutMs: prepareTimeoutMs,
        ...(input !== undefined && { input }),
      })
    },
  }
  const port = await place.claimPort()
  onPort?.(port)
  const dataOrigin = await fillData(driver, place, homes.clusters)
  const commands = (await driver.commands(place, port)).map((command): KeptCommand => {
    const path = command.program.includes('/') ? command.program : (place.find(command.program) ?? command.program)
    const guarded = guardedCommand(path, command.args, { user, signal: driver.stopSignal })
    return {
      ...guarded,
      title: driver.title,
      env: { ...inherited, ...command.env },
      cwd: directory,
      stopSignal: driver.stopSignal,
    }
  })
  writePart(generation, 'spec.json', { commands, afterwards: [] })
  const { greeting } = await awaitGreeting(driver.handshake(request), {
    title: driver.title,
    host: '127.0.0.1',
    port: async () => port,
    timeoutMs: driver.startTimeoutMs,
    ended: () => endOf(generation),
    printed: () => logOf(generation),
  })
  if (greeting.refused !== undefined) {
    throw new MortarError('MORTAR_SERVICE_FAILED', `${driver.title} started, but lets nobody in: ${greeting.refused}`)
  }
  return { port, greeting, dataOrigin }
}

/** The error for a server that has ended during its start. */
export function endOf(generation: string): MortarError | undefined {
  const ended = readPart(generation, 'ended.json')
  const printed = logOf(generation)
  if (!ended) {
    if (isAlive(readPart(generation, 'keeper.json'))) return undefined
    return failure('the keeper of the server was ended during its start', printed)
  }
  if (/address (?:already )?in use|eaddrinuse/i.test(printed)) {
    return new MortarError('MORTAR_PORT_IN_USE', `${ended.title} found its port taken`, {
      hint: 'Run it again: another program was faster to take a free port.',
    })
  }
  return failure(`${ended.title} ended during its start: ${ended.how}`, printed)
}

/** What the servers of a generation have printed. */
export function logOf(generation: string): string {
  try {
    return readFileSync(join(generation, 'log'), 'utf8')
  } catch {
    return ''
  }
}

/** Only what a server needs: variables of the user's would configure it. */
function serverEnvironment(env: StartPlace['env'], directory: string): Record<string, string> {
  return {
    PATH: `${env.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: directory,
    TMPDIR: directory,
    LC_ALL: 'C',
    TZ: 'UTC',
  }
}
