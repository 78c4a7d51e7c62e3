import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MortarError } from '../../core/errors.ts'
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
import type { Suite, SuitePart, SuiteRun } from './suite.ts'

/** Workers of one process of a runner that stay for the whole matrix, and are given plans. */
export interface WarmWorkers {
  /** Parts a plan into some that are run side by side; `undefined`: it has to be run by processes of its own. */
  take(plan: MatrixPlan, most: number): readonly MatrixPlan[] | undefined
  /** Runs a part by a worker as soon as one waits; where there is none any more, by a process of its own. */
  run(suite: Suite, part: MatrixPlan, onPart: (part: SuitePart) => void): Promise<SuiteRun>
  /** Has the process start, as there will be something to run. */
  begin(suite: Suite): void
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
  const files = [...had.keys()]
  const count = Math.min(most, files.length)
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
  let ended: Promise<ProcessEnd> | undefined
  let first: Round | undefined
  let mostBytes = 0
  /** Who comes first gets the first worker. */
  let turn: Promise<unknown> = Promise.resolve()

  /** Has a process start whose workers wait for plans. */
  async function start(suite: Suite): Promise<ProcessEnd> {
    mostBytes = mostMemory(suite.config)
    try {
      const env = await suite.addresses()
      const seats = files.slice(0, count)
      const without = [...(suite.without ?? []), ...files.slice(count)]
      const awaits = join(suite.folder, 'servers-answer')
      const plan: MatrixPlan = {
        version: 1,
        clean: 1,
        only: [],
        seats,
        awaits,
        without,
        workers: count,
        ...(lasts && { lasts }),
      }
      first = openRound(suite, plan, {})
      const { planFile } = first
      coming = seats.map((_, number) => ({ planFile, number }))
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
      return { code: null, stuck: false, grew: false, bytes: 0 }
    } finally {
      coming = waiting = []
      over.abort()
      await first?.close()
    }
  }

  function runAlone(
    suite: Suite,
    { inTurn = [], ...plan }: MatrixPlan,
    onPart: (part: SuitePart) => void,
  ): Promise<SuiteRun> {
    const others = files.filter((file) => !inTurn.includes(file))
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
    onPart({ ran: [], loaded: first!.loaded() })
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
    ended ??= start(suite)
    ended.catch(() => {})
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
    get areThere() {
      return !over.signal.aborted && taken === 0 && waiting.length + coming.length === count
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Whatever is odd may be so by what was run in this process before. */
function isSound({ ran, died, stuck, broken }: SuiteRun): boolean {
  const isFine = ({ record }: { readonly record: RunRecord }): boolean =>
    !record.isEnded && (isClean(record) || isBehind(record) ? record.passed : !record.isStranded)
  return died.length === 0 && broken.length === 0 && !stuck && ran.every(isFine)
}
