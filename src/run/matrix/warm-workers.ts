import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { MortarError } from '../../core/errors.ts'
import { makeFolder } from '../../files/write-whole.ts'
import { pause, realElapsed } from '../../core/real-clock.ts'
import type { TestRef } from '../../core/exchange.ts'
import { mostMemory, tookMore } from './most-memory.ts'
import { partPlan } from './part-plan.ts'
import {
  isBehind,
  isClean,
  isRenewed,
  type MatrixPlan,
  type RunRecord,
  tellChanged,
  whoIsDone,
  writeNextPlan,
} from './plan-file.ts'
import { openRound, type Round } from './round.ts'
import { runCommand } from './run-command.ts'
import { runOnce } from './run-once.ts'
import type { ProcessEnd } from './run-process.ts'
import { isAlive, lookStayingEveryMs, seatsTaken } from './await-seats.ts'
import { callOffStaying, readStaying } from './staying.ts'
import type { Suite, SuitePart, SuiteRun } from './suite.ts'

/** Workers of one process of a runner that stay for the whole matrix, and are given plans. */
export interface WarmWorkers {
  /** Parts a plan into some that are run side by side; `undefined`: it has to be run by processes of its own. */
  take(plan: MatrixPlan, most: number): readonly MatrixPlan[] | undefined
  /** Runs a part by a worker as soon as one waits; where there is none any more, by a process of its own. */
  run(suite: Suite, part: MatrixPlan, onPart: (part: SuitePart) => void): Promise<SuiteRun>
  /** Has the process start, as there will be something to run. */
  begin(suite: Suite): void
  /**
   * Runs what comes first, each file in a process of its own as the command would, and has as many workers stay as may be
   * at work; where they do not, all of them end with it.
   *
   * @returns Left out: nothing came of it, as somebody has taken a port.
   */
  first(suite: Suite, plan: MatrixPlan): Promise<SuiteRun | undefined>
  /** Says which tests there are, by file. */
  know(tests: ReadonlyMap<string, readonly TestRef[]>): void
  /** All of them wait, or will. */
  readonly areThere: boolean
  /** Folders of matrices in which they look for what they are to do next, or have told of themselves. */
  folders(): readonly string[]
  /**
   * Has them run what these files are now.
   *
   * @param changed - Absolute paths.
   * @param now - Tests by file, as above. The files are those that there were.
   * @returns Whether they will.
   */
  renew(changed: readonly string[], now: ReadonlyMap<string, readonly TestRef[]>): Promise<boolean>
  /** Has them end as soon as they have done what they are at, and takes nothing more. Resolves when they are gone. */
  retire(): Promise<void>
  close(): Promise<void>
}

/** How many there are, and for how long. */
export interface WarmOptions {
  readonly most: number
  /** They outlast the matrix, and files change meanwhile. */
  readonly lasts?: boolean
}

/** A worker, known by what it has done last. */
interface Seat {
  planFile: string
  readonly number: number
  /** Left out: it has not come so far yet. */
  pid?: number | undefined
}

/** How often it is looked whether a worker has done all, and whether it is still there, milliseconds. */
const lookEveryMs = 10
const looksUntilDead = 20

/** How long a process may take to end that was told to, and to take note of files that have changed, milliseconds. */
const endMs = 10_000
const renewMs = 10_000

/**
 * @param had - By file, relative to the project, those that it had last. All files are there. A worker begins with one
 * of them, of which it runs nothing.
 */
export function makeWarmWorkers(
  had: ReadonlyMap<string, readonly TestRef[]>,
  { most, lasts = false }: WarmOptions,
): WarmWorkers {
  let count = Math.min(most, had.size)
  let tests = had
  let renewals = 0
  const changedFiles = new Set<string>()
  const ending = new AbortController()
  const over = new AbortController()
  const busy = new Set<{ readonly round: Round; readonly plan: MatrixPlan }>()
  let coming: Seat[] = []
  let waiting: Seat[] = []
  /** How many have something to do. */
  let taken = 0
  let isRetired = false
  let ended: Promise<ProcessEnd | undefined> | undefined
  let first: Round | undefined
  /** What all of them have loaded by the time they are given something. */
  let loaded: SuitePart['loaded'] | undefined
  let mostBytes = 0
  /** Who comes first gets the first worker. */
  let turn: Promise<unknown> = Promise.resolve()

  /** Has a process start that begins with this. @returns Left out: it has done nothing, as somebody has taken a port. */
  async function start(suite: Suite, wanted: MatrixPlan): Promise<ProcessEnd | undefined> {
    mostBytes = mostMemory(suite.config)
    try {
      const env = await suite.addresses()
      const awaits = join(suite.folder, 'servers-answer')
      const plan: MatrixPlan = { ...wanted, awaits, ...(lasts && { lasts }) }
      first = openRound(suite, plan, {})
      const { planFile } = first
      coming = plan.seats?.map((_, number) => ({ planFile, number })) ?? []
      const signal = AbortSignal.any([suite.signal, ending.signal])
      // As long as all of them wait, there is nothing that could get on.
      const now = (): readonly { round: Round; plan: MatrixPlan }[] =>
        busy.size > 0 || waiting.length > 0 || coming.some(isSeated) ? [...busy] : [{ round: first!, plan }]
      const answering = (boundary: string): Promise<void> => suite.answers(boundary)
      const onAnswers = (): void => writeFileSync(awaits, '')
      const process = { env, answering, onAnswers, round: first, plan, now, mostBytes }
      return await runCommand({ ...suite, signal }, process)
    } catch (error) {
      // A server that does not start is the cause of whatever else went wrong meanwhile.
      await suite.environment()
      // What has other addresses than those of the servers has done nothing yet.
      if (!MortarError.is(error, 'MORTAR_PORT_IN_USE')) throw error
      return undefined
    } finally {
      coming = waiting = []
      over.abort()
    }
  }

  /** Has workers begin with a file each, of which they run nothing. */
  async function startSeated(suite: Suite): Promise<ProcessEnd | undefined> {
    const files = [...tests.keys()]
    const without = [...(suite.without ?? []), ...files.slice(count)]
    try {
      return await start(suite, {
        version: 1,
        clean: 1,
        only: [],
        seats: files.slice(0, count),
        without,
        workers: count,
      })
    } finally {
      await first?.close()
    }
  }

  function runAlone(
    suite: Suite,
    { inTurn = [], ...plan }: MatrixPlan,
    onPart: (part: SuitePart) => void,
  ): Promise<SuiteRun> {
    const others = [...tests.keys()].filter((file) => !inTurn.includes(file))
    return runOnce(suite, { ...plan, without: [...(plan.without ?? []), ...others] }, { onPart })
  }

  /** A worker that waits, as soon as there is one; `undefined`: there will be none. */
  function seat(): Promise<Seat | undefined> {
    const own = turn.then(nextSeat)
    turn = own
    return own
  }

  async function nextSeat(): Promise<Seat | undefined> {
    for (; !over.signal.aborted; await pause(lookEveryMs, over.signal)) {
      for (const one of coming) one.pid = whoIsDone(one.planFile, one.number)
      waiting.push(...coming.filter(({ pid }) => pid !== undefined))
      coming = coming.filter(({ pid }) => pid === undefined)
      const free = waiting.pop()
      if (free) taken++
      if (free || (first && coming.length === 0 && taken === 0)) return free
    }
    return undefined
  }

  /** Resolves when a worker has done a plan, or is gone. @returns Whether it waits. */
  async function isDone({ pid }: Seat, { planFile }: Round): Promise<boolean> {
    for (let looks = 1; !over.signal.aborted; looks++) {
      if (whoIsDone(planFile, 0) !== undefined) return true
      if (looks % looksUntilDead === 0 && !isAlive(pid!)) return whoIsDone(planFile, 0) !== undefined
      await pause(lookEveryMs, over.signal)
    }
    return false
  }

  /** Has a worker run a part. It goes on to wait, unless something was odd. */
  async function give(
    own: Seat,
    suite: Suite,
    part: MatrixPlan,
    onPart: (part: SuitePart) => void,
  ): Promise<{ readonly shown: SuiteRun; readonly waits: boolean }> {
    const round = openRound(suite, part, { onPart })
    const { planFile, runDirectory } = round
    const work = { round, plan: part }
    busy.add(work)
    onPart({ ran: [], loaded: loaded ?? first!.loaded() })
    writeNextPlan(own.planFile, own.number, {
      planFile,
      runDirectory,
      ...(changedFiles.size > 0 && { changed: [...changedFiles] }),
    })
    const waits = await isDone(own, round)
    busy.delete(work)
    const end = over.signal.aborted ? await ended : undefined
    const shown = await round.close(end, end?.grew ? tookMore(mostBytes, 0) : undefined)
    if (waits && isSound(shown) && !isRetired) waiting.push({ ...own, planFile, number: 0 })
    else if (waits) writeNextPlan(planFile, 0, {})
    return { shown, waits }
  }

  function begin(suite: Suite): void {
    ended ??= startSeated(suite)
    ended.catch(() => {})
  }

  async function runFirst(suite: Suite, plan: MatrixPlan): Promise<SuiteRun | undefined> {
    const stays = join(suite.folder, 'stays')
    makeFolder(stays)
    const without = [...(plan.without ?? []), ...(suite.without ?? [])]
    ended = start(suite, { ...plan, without, stays, workers: most })
    ended.catch(() => {})
    const seats = await seatsTaken(stays, over.signal)
    if (seats !== undefined && seats >= Math.min(most, availableParallelism())) {
      const { planFile } = first!
      count = seats
      coming = Array.from({ length: seats }, (_, number) => ({ planFile, number }))
      const shown = await first!.close()
      ;({ loaded } = shown)
      return { ...shown, attached: true }
    }
    callOffStaying(stays)
    while (!over.signal.aborted) {
      for (let seat = 0; seat < readStaying(stays).seats; seat++) writeNextPlan(first!.planFile, seat, {})
      await pause(lookStayingEveryMs, over.signal)
    }
    const end = await ended
    return end && first!.close(end, end.grew ? tookMore(mostBytes, 0) : undefined)
  }

  async function retire(): Promise<void> {
    isRetired = true
    dismiss()
    await ended?.catch(() => {})
  }

  /** Has those end that have nothing to do. */
  function dismiss(): void {
    for (const { planFile, number } of [...waiting, ...coming]) writeNextPlan(planFile, number, {})
    coming = waiting = []
  }

  async function close(): Promise<void> {
    dismiss()
    if (ended) await pause(endMs, over.signal)
    ending.abort()
    await ended?.catch(() => {})
  }

  return {
    take(plan, wanted) {
      if (over.signal.aborted || isRetired) return undefined
      const parts = partPlan(plan, { tests, most: wanted })
      return parts.length > 0 ? parts : undefined
    },
    begin,
    first: runFirst,
    know: (now) => (tests = now),
    get areThere() {
      return count > 0 && !over.signal.aborted && taken === 0 && waiting.length + coming.length === count
    },
    folders() {
      // What all of them have loaded stands where they began.
      const plans = [...waiting, ...coming, ...(first ? [first] : [])].map(({ planFile }) => planFile)
      return [...new Set(plans.map((file) => basename(dirname(file))))]
    },
    async renew(changed, now) {
      tests = now
      for (const path of changed) changedFiles.add(path)
      if (changed.length === 0 || !first) return true
      const { planFile } = first
      tellChanged(planFile, ++renewals, changed)
      const until = realElapsed() + renewMs
      while (!isRenewed(planFile, renewals)) {
        if (over.signal.aborted || realElapsed() > until) return false
        await pause(lookEveryMs, over.signal)
      }
      return true
    },
    async run(suite, part, onPart) {
      begin(suite)
      const own = await seat()
      // What may not be wanted is not worth a process of its own.
      if (suite.recall && (!own || suite.recall.aborted)) {
        if (own) taken--
        if (own && isRetired) writeNextPlan(own.planFile, own.number, {})
        else if (own) waiting.push(own)
        return notRun
      }
      if (!own) {
        await close()
        await ended
        return runAlone(suite, part, onPart)
      }
      const { shown, waits } = await give(own, suite, part, onPart).finally(() => taken--)
      // Who ends for no reason had a file that cannot be loaded, or one that is better left to a process of its own.
      const isCut = !waits && shown.died.length === 0 && shown.ran.every(({ record }) => !record.isEnded)
      if (isCut && !part.cells && !suite.signal.aborted) return runAlone(suite, part, onPart)
      return { ...shown, attached: true }
    },
    retire,
    close,
  }
}

function isSeated({ planFile, number }: Seat): boolean {
  return whoIsDone(planFile, number) !== undefined
}

/** What nobody wants any more has shown nothing. */
const notRun: SuiteRun = {
  ran: [],
  loaded: [],
  died: [],
  attached: true,
  isSerial: false,
  broken: [],
  stuck: false,
  grown: undefined,
  code: null,
  logFile: '',
}

/** Whatever is odd may be so by what was run in this process before. */
function isSound({ ran, died, stuck, broken }: SuiteRun): boolean {
  const isFine = ({ record }: { readonly record: RunRecord }): boolean =>
    !record.isEnded && (isClean(record) || isBehind(record) ? record.passed : !record.isStranded)
  return died.length === 0 && broken.length === 0 && !stuck && ran.every(isFine)
}
