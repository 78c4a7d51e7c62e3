import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorCode } from '../../core/error-codes.ts'
import { realNow } from '../../core/real-clock.ts'
import { isProcessAlive } from '../../files/process-alive.ts'

/*
 * A lease is a folder per service:
 *   state.json      which generation is the current one, and how far it is; changed under `lock` only
 *   g-…/            one generation: one start of the server and its end
 *     place.json    the folder of the server's data
 *     keeper.json   the process that owns the server, or that clears up after one that was killed
 *     spec.json     what to start; written when the data is there
 *     servers.json  what was started
 *     ended.json    written when a server has ended by itself
 *     holders/      a file per use; the keeper ends the server when there is none whose process lives
 *
 * A generation is owned by the process in keeper.json while that lives; before there is one, by the starter in
 * state.json while that lives. One that nobody owns is ended by the first who comes by: under `lock`, it writes
 * itself into keeper.json.
 */

/** A process, told apart from a later one of the same id. */
export interface ProcessMark {
  readonly pid: number
  /** Milliseconds since the epoch at which it ran. */
  readonly since: number
}

/** How far the service of a lease is. */
export interface LeaseState<R> {
  readonly phase: 'starting' | 'ready' | 'failed'
  /** Folder of the current generation. */
  readonly generation: string
  readonly starter: ProcessMark
  readonly ready?: R
  readonly failure?: StoredFailure
}

/** An error as it is handed to those who waited. */
export interface StoredFailure {
  readonly code: ErrorCode | undefined
  readonly message: string
  readonly where?: string
  readonly expected?: string
  readonly seen?: string
  readonly hint?: string
}

/** A program for the keeper. */
export interface KeptCommand {
  readonly title: string
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly uid?: number
  readonly gid?: number
  readonly stopSignal: NodeJS.Signals
}

/** What the keeper starts, in order, and what it runs when all has ended. */
export interface KeeperSpec {
  readonly commands: readonly KeptCommand[]
  /** Commands with their arguments; their failure is nobody's concern. */
  readonly afterwards: readonly (readonly string[])[]
}

/** A server that the keeper has started; it leads a process group. */
export interface KeptServer extends ProcessMark {
  readonly stopSignal: NodeJS.Signals
}

/** How a server ended by itself. */
export interface EndedServer {
  readonly title: string
  readonly how: string
}

/** The files of one generation, with what is in them. */
export interface GenerationFiles {
  'place.json': { readonly directory: string }
  'keeper.json': ProcessMark
  'spec.json': KeeperSpec
  'servers.json': readonly KeptServer[]
  'ended.json': EndedServer
}

/** Reads a file of a generation; `undefined` when it is not there yet, or no more. */
export function readPart<N extends keyof GenerationFiles>(generation: string, name: N): GenerationFiles[N] | undefined {
  return readJson<GenerationFiles[N]>(join(generation, name))
}

/** Writes a file of a generation; whoever reads it finds it whole. */
export function writePart<N extends keyof GenerationFiles>(
  generation: string,
  name: N,
  content: GenerationFiles[N],
): void {
  replaceJson(join(generation, name), content)
}

export function readState<R>(lease: string): LeaseState<R> | undefined {
  return readJson<LeaseState<R>>(join(lease, 'state.json'))
}

export function writeState<R>(lease: string, state: LeaseState<R>): void {
  replaceJson(join(lease, 'state.json'), state)
}

export function removeState(lease: string): void {
  rmSync(join(lease, 'state.json'), { force: true })
}

export function lockOf(lease: string): string {
  return join(lease, 'lock')
}

/** This process as it runs now. */
export function ownMark(): ProcessMark {
  return { pid: process.pid, since: realNow() }
}

export function isAlive(mark: ProcessMark | undefined): boolean {
  return mark !== undefined && isProcessAlive(mark.pid, mark.since)
}

let serial = 0

/** Notes that this process uses the server. @returns What takes the note away; then nobody uses it, if `true`. */
export function addHolder(generation: string): () => boolean {
  const { pid, since } = ownMark()
  const file = join(generation, 'holders', `${pid}-${since}-${serial++}`)
  writeFileSync(file, '')
  return () => {
    rmSync(file, { force: true })
    return !hasHolders(generation)
  }
}

/** Whether any living process uses the server; the notes of the others are taken away. */
export function hasHolders(generation: string): boolean {
  const folder = join(generation, 'holders')
  let alive = false
  for (const name of names(folder)) {
    const [pid, since] = name.split('-').map(Number)
    if (isAlive({ pid: pid!, since: since! })) alive = true
    else rmSync(join(folder, name), { force: true })
  }
  return alive
}

/** Names in a folder; none when it is not there. */
export function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}

// Nothing here has to survive the machine, so nothing waits for the disk.
function replaceJson(file: string, content: unknown): void {
  const half = `${file}.${process.pid}.${serial++}`
  writeFileSync(half, JSON.stringify(content))
  renameSync(half, file)
}
