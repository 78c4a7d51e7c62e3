import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { anyText } from '../../core/any-value.ts'
import { MortarError } from '../../core/errors.ts'
import { pause, realNow } from '../../core/real-clock.ts'
import { withLock } from '../../files/lock.ts'
import { startKeeper } from '../keeper/start-keeper.ts'
import {
  addHolder,
  isAlive,
  type LeaseState,
  lockOf,
  ownMark,
  readPart,
  readState,
  type StoredFailure,
  writePart,
  writeState,
} from './lease-files.ts'
import { sweepLease } from './sweep.ts'

/** The use of something that several processes share. */
export interface Lease<R> {
  readonly ready: R
  /** Whether another process, or another part of this one, has started it. */
  readonly shared: boolean
  /** Ends the use; resolves when, if it was the last one, nothing is left. */
  release(): Promise<void>
}

/** What is shared, and how it is started by the one who comes first. */
export interface LeaseOptions<R> {
  /** Folder of the lease. */
  readonly lease: string
  readonly ports: string
  /** Name for the folder of the data. */
  newDirectory(): string
  /** Starts it: hands a `KeeperSpec` to the keeper, and resolves when it is ready. */
  start(generation: string, directory: string): Promise<R>
  /** How long another process may take to start it, milliseconds. */
  readonly patienceMs: number
}

type Role = { readonly starts: boolean; readonly generation: string; readonly leave: () => boolean }

/**
 * Takes hold of a service that is there, or starts it. Of several processes that come at once, one starts it and the
 * others wait.
 *
 * @throws whatever `start` throws, also to those who waited for it; MortarError `MORTAR_SERVICE_TIMEOUT`
 */
export async function holdLease<R>(options: LeaseOptions<R>): Promise<Lease<R>> {
  const giveUpAt = realNow() + options.patienceMs
  for (;;) {
    const role = takeRole<R>(options.lease)
    if (role.starts) return startAsFirst(options, role)
    const state = await settled<R>(options.lease, role, giveUpAt)
    if (state?.ready !== undefined) return { ready: state.ready, shared: true, release: () => leave(options, role) }
    if (state?.failure) {
      await leave(options, role)
      throw restoreError(state.failure)
    }
    role.leave()
  }
}

function takeRole<R>(lease: string): Role {
  return withLock(lockOf(lease), () => {
    const state = readState<R>(lease)
    if (state && isUsable(state)) {
      return { starts: false, generation: state.generation, leave: addHolder(state.generation) }
    }
    const generation = join(lease, `g-${randomBytes(5).toString('hex')}`)
    mkdirSync(join(generation, 'holders'), { recursive: true })
    const leaveIt = addHolder(generation)
    writeState(lease, { phase: 'starting', generation, starter: ownMark() })
    return { starts: true, generation, leave: leaveIt }
  })
}

function isUsable<R>({ phase, generation, starter }: LeaseState<R>): boolean {
  if (phase === 'failed' || !existsSync(join(generation, 'holders'))) return false
  return phase === 'starting' ? isAlive(starter) : isAlive(readPart(generation, 'keeper.json'))
}

async function startAsFirst<R>(options: LeaseOptions<R>, role: Role): Promise<Lease<R>> {
  const { lease, ports } = options
  const { generation } = role
  const tell = (state: Pick<LeaseState<R>, 'phase' | 'ready' | 'failure'>): void =>
    withLock(lockOf(lease), () => writeState(lease, { ...state, generation, starter: ownMark() }))
  const directory = options.newDirectory()
  try {
    writePart(generation, 'place.json', { directory })
    startKeeper(lease, generation, ports)
    const ready = await options.start(generation, directory)
    tell({ phase: 'ready', ready })
    return { ready, shared: false, release: () => leave(options, role) }
  } catch (error) {
    tell({ phase: 'failed', failure: storeError(error) })
    await leave(options, role)
    throw error
  }
}

/** What came of a start that another one makes; `undefined` when that one is gone. */
async function settled<R>(lease: string, role: Role, giveUpAt: number): Promise<LeaseState<R> | undefined> {
  for (;;) {
    const state = readState<R>(lease)
    if (state?.generation !== role.generation) return undefined
    if (state.phase !== 'starting') return state
    if (!isAlive(state.starter)) return undefined
    if (realNow() > giveUpAt) {
      role.leave()
      throw new MortarError('MORTAR_SERVICE_TIMEOUT', `process ${state.starter.pid} did not finish to start it`)
    }
    await pause(10)
  }
}

const endPatienceMs = 15_000

async function leave(
  { lease, ports }: Pick<LeaseOptions<unknown>, 'lease' | 'ports'>,
  { generation, leave: leaveIt }: Role,
): Promise<void> {
  const keeper = readPart(generation, 'keeper.json')
  if (!leaveIt()) return
  const giveUpAt = realNow() + endPatienceMs
  while (isAlive(keeper) && realNow() < giveUpAt) await pause(10)
  // There is something to sweep when the keeper was killed.
  await sweepLease(lease, ports)
}

function storeError(error: unknown): StoredFailure {
  if (!MortarError.is(error))
    return { code: undefined, message: error instanceof Error ? error.message : anyText(error) }
  const { code, reason: message, where, expected, seen, hint } = error
  return {
    code,
    message,
    hint,
    ...(where !== undefined && { where }),
    ...(expected !== undefined && { expected }),
    ...(seen !== undefined && { seen }),
  }
}

function restoreError({ code, message, ...details }: StoredFailure): Error {
  return code === undefined ? new Error(message) : new MortarError(code, message, details)
}
