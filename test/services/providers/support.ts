import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { drivers } from '../../../src/services/drivers.ts'
import { findPrograms } from '../../../src/services/find-program.ts'
import { homesOf } from '../../../src/services/homes.ts'
import type { Services } from '../../../src/services/open-services.ts'
import type { ServiceProtocol, ServiceRequest } from '../../../src/services/service-request.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Whether a server is installed; says loudly when it is not, as its tests are skipped then. */
export function isInstalled(protocol: ServiceProtocol): boolean {
  const { programs: names, folders, title, debianPackage } = drivers[protocol]
  const found = findPrograms({ names, folders, env: process.env }).length > 0
  if (!found) console.warn(`SKIPPED: ${title} is not installed (Debian: apt-get install ${debianPackage})`)
  return found
}

/** A request for a server of any version. */
export function request(protocol: ServiceProtocol, wishes: Partial<ServiceRequest> = {}): ServiceRequest {
  return {
    name: protocol,
    protocol,
    variable: `${protocol.toUpperCase()}_URL`,
    version: undefined,
    preferredVersion: undefined,
    image: undefined,
    settings: {},
    account: {},
    ...wishes,
  }
}

/** A project of its own on a machine that seems to be its own: cache, leases, variables. */
export interface Machine {
  readonly project: string
  readonly env: Record<string, string | undefined>
  /** Everything that is still there of what was started, as far as it has been seen by {@link traces}. */
  leftovers(): string[]
  /** What is there now: ids of keepers and servers, folders of data. */
  traces(): Traces
  /** Puts a program of ours on `PATH`, before all others. */
  program(name: string, script: string): void
}

/** What services have made. */
export interface Traces {
  readonly keepers: readonly number[]
  readonly servers: readonly number[]
  readonly folders: readonly string[]
}

/** Makes one; its cache is empty. */
export function machine(): Machine {
  const project = temporaryFolder()
  const bin = join(project, 'bin')
  mkdirSync(bin)
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: project,
    XDG_CACHE_HOME: join(project, 'cache'),
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  }
  const { leases, ports } = homesOf(env)
  const seen = new Set<string>()
  const parts = <T>(name: string): T[] =>
    globSync(`${leases}/*/*/${name}.json`).flatMap((file) => {
      try {
        return [JSON.parse(readFileSync(file, 'utf8')) as T]
      } catch {
        return []
      }
    })
  const traces = (): Traces => {
    const keepers = parts<{ pid: number }>('keeper').map(({ pid }) => pid)
    const servers = parts<readonly { pid: number }[]>('servers').flatMap((each) => each.map(({ pid }) => pid))
    const folders = parts<{ directory: string }>('place').map(({ directory }) => directory)
    for (const folder of folders) seen.add(folder)
    return { keepers, servers, folders }
  }
  return {
    project,
    env,
    traces,
    leftovers() {
      traces()
      const claims = (existsSync(ports) ? readdirSync(ports) : []).filter((port) =>
        ownerOf(join(ports, port)).startsWith(leases),
      )
      const folders = globSync(`${leases}/**/*`)
      const data = [...seen].filter((folder) => existsSync(folder))
      const processes = processesNaming(project, ...seen)
      return [...claims.map((port) => `port ${port}`), ...folders, ...data, ...processes]
    },
    program(name, script) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
      chmodSync(join(bin, name), 0o755)
    },
  }
}

function ownerOf(claim: string): string {
  try {
    return readlinkSync(claim)
  } catch {
    return ''
  }
}

/** Command lines of processes that name one of these folders: keepers name their lease, servers their data. */
export function processesNaming(...folders: readonly string[]): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return []
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
      const isNaming = folders.some((folder) => line.includes(folder) || environment.includes(`HOME=${folder}\0`))
      return line !== '' && isNaming ? [`${pid} ${line}`] : []
    } catch {
      return []
    }
  })
}

/** The addresses that a process listens at, as Linux knows them. */
export function listeningAt(pid: number): string[] {
  let sockets: string[]
  try {
    sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => ownerOf(`/proc/${pid}/fd/${fd}`))
  } catch {
    return []
  }
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
        return state === '0A' && sockets.includes(`socket:[${inode}]`) ? [addressOf(local)] : []
      }),
  )
}

/** The kernel writes addresses in hexadecimal, in words of the byte order of the machine. */
function addressOf(local: string): string {
  const [host = '', port = ''] = local.split(':')
  const at = Number.parseInt(port, 16)
  if (host.length > 8) return `[${host === '00000000000000000000000001000000' ? '::1' : host}]:${at}`
  return `${Array.from(Buffer.from(host, 'hex')).toReversed().join('.')}:${at}`
}

/** Closes services when the test has finished, however it did. */
export function closing(services: Services): Services {
  onTestFinished(() => services.close())
  return services
}

/** Waits until nothing is left. */
export async function expectNothingLeft(at: Machine, timeout = 10_000): Promise<void> {
  await expect.poll(() => at.leftovers(), { timeout, interval: 20 }).toEqual([])
}

/** Whether something listens at an address. */
export function isListening({ host, port }: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** A process that holds services until it is killed, or told to close. */
export interface Holder {
  readonly pid: number
  /** What it opened. */
  readonly opened: Promise<{ readonly variables: Record<string, string>; readonly shared: boolean[] }>
  kill(signal: NodeJS.Signals): void
  /** Whether the death that it was told has come. */
  died(): boolean
  /** Resolves when it has closed them and ended. */
  close(): Promise<void>
  readonly ended: Promise<number | null>
}

const fixture = join(import.meta.dirname, 'hold.fixture.ts')
let notes = 0
const dieAtStep = join(import.meta.dirname, 'die-at-step.fixture.ts')

/** Who is killed, and at which of its steps: the n-th time that it changes a file or starts a process. */
export interface Death {
  readonly who: 'holder' | 'keeper'
  readonly step: number
}

/** Starts a process that opens services; with a `death` it, or its keeper, kills itself. */
export function hold(at: Machine, requests: readonly ServiceRequest[], death?: Death): Holder {
  const input = JSON.stringify({ requests, project: at.project })
  const note = join(at.project, `died-${notes++}`)
  const loaded = death ? ['--import', dieAtStep] : []
  const child = spawn(process.execPath, [...loaded, fixture, input], {
    env: death ? { ...at.env, DIE: JSON.stringify({ ...death, note }) } : at.env,
    stdio: ['pipe', 'pipe', death ? 'ignore' : 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve))
  return {
    pid: child.pid!,
    ended,
    opened: new Promise((resolve, reject) => {
      let text = ''
      child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        if (text.includes('\n')) resolve(JSON.parse(text) as Awaited<Holder['opened']>)
      })
      child.once('close', () => reject(new Error(`the holder ended: ${text}`)))
    }),
    kill: (signal) => void child.kill(signal),
    died: () => existsSync(note),
    async close() {
      child.stdin!.end()
      await ended
    },
  }
}
