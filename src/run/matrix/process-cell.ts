import { join } from 'node:path'
import type { TestRef } from '../../core/exchange.ts'
import { pause, realNow } from '../../core/real-clock.ts'
import { makeFolder } from '../../files/write-whole.ts'
import { namedAfter } from '../../matrix/cell.ts'
import type { Ask } from '../../matrix/observation.ts'
import type { Armed } from '../../modes/faults/fault-set.ts'
import type { RunContext } from '../run-context.ts'
import { openOutsideSession, openSession, type Session, type SessionOptions } from '../session.ts'
import type { WorkerServers } from '../worker-servers.ts'
import { armCell } from './arm-cell.ts'
import { openOtherProcesses } from './other-processes.ts'
import type { Awaited } from './tell-waiting.ts'
import { mostAsks, type PlannedCell, type RunRecord } from './plan-file.ts'
import { watchAsks } from './watch-asks.ts'

/** One process of a command, in which at most one thing goes wrong. What no test has claimed is one test of its own. */
export interface ProcessCell {
  /** For processes that attach themselves. */
  readonly variables: Readonly<Record<string, string>>
  /** Opens a session for a test, or for what no test has claimed. */
  open(run: RunContext, cassette: string, test?: TestRef): Session
  /** Arms the fault if it is for what this session is of. */
  arm(session: Session, servers: WorkerServers | undefined): void
  /** What a session is of has ended. */
  end(session: Session, passed: boolean): void
  /**
   * A test, or what no test has claimed, is through: runs the job that puts things in order, where there is one.
   *
   * @param session - Of the test; left out: of the command as a whole, if it has told of no test.
   */
  settle(environment: () => Promise<NodeJS.ProcessEnv>, session?: Session): Promise<void>
  /** The time is over: nothing goes wrong any more. */
  letGo(): void
  /** What is waited for while it goes on. */
  awaited(): Awaited
  /** How it went. */
  records(end: CommandEnd): readonly RunRecord[]
}

/** How the command ended that a process was. */
export interface CommandEnd {
  /** Null when a signal ended it. */
  readonly code: number | null
  /** The most memory that it took, bytes; 0: nobody knows. */
  readonly bytes: number
  /** Why it was ended for its memory. */
  readonly grown: string | undefined
}

interface Part {
  readonly test: TestRef
  readonly asks: Ask[]
  readonly started: number
  readonly run: RunContext
  armed?: Armed
  servers?: WorkerServers | undefined
  session?: Session
  ended?: { readonly passed: boolean; readonly at: number }
  settledAt?: number
  /** Why the job did not do what it is for. */
  unsettled?: string
}

let serial = 0

/** What a process is for. */
export interface ProcessCellOptions {
  /** For what its processes say. */
  readonly folder: string
  /** What is not claimed by any test. */
  readonly whole: TestRef
  /** Of the cell, or `clean-1` and so on. */
  readonly id: string
  readonly planned?: PlannedCell | undefined
  /** Of how many clean runs it is one. */
  readonly clean: number
  /** Runs the job that puts things in order. @returns Its exit code, null when it was ended. */
  readonly settle?: ((env: NodeJS.ProcessEnv) => Promise<number | null>) | undefined
}

/** One process of a command, of which nothing has run yet. */
export function makeProcessCell({ folder, whole, id, planned, clean, settle }: ProcessCellOptions): ProcessCell {
  makeFolder(folder)
  const others = openOtherProcesses(join(folder, `now-${++serial}-${id}.json`))
  const until = planned && realNow() + planned.deadlineMs
  const parts: Part[] = []
  let late: RunRecord['lifted']
  const isAimed = ({ test }: Part): boolean =>
    planned !== undefined && planned.cell.test.file === test.file && planned.cell.test.name === test.name
  const tell = (part: Part): void =>
    others.tell({
      id,
      test: part.test,
      ...(part.test === whole && { whole: true }),
      ...(planned && isAimed(part) && { planned, until: until! }),
    })
  function letGo(why: NonNullable<typeof late>['why'] = 'time'): void {
    late ??= { at: realNow(), why }
    for (const part of parts) lift(part)
  }
  function lift({ armed, session, servers }: Part): void {
    armed?.disarm()
    session?.disarm()
    if (planned) servers?.find(planned.cell.boundary)?.disarmAll()
  }
  return {
    variables: others.variables,
    open(run, cassette, test) {
      const part: Part = { test: test ?? whole, asks: [], started: realNow(), run }
      const take = watchAsks(run, part.asks)
      const options: SessionOptions = {
        as: namedAfter(part.test, id),
        rehearsal: planned !== undefined,
        onAsk(asked) {
          take(asked)
          // Enough has been seen; without the fault it comes to an end.
          if (isAimed(part) && part.asks.length === mostAsks) letGo('asks')
        },
      }
      part.session = test ? openSession(run, test, options) : openOutsideSession(run, cassette, options)
      parts.push(part)
      tell(part)
      return part.session
    },
    arm(session, servers) {
      const part = parts.find((one) => one.session === session)
      if (!part || !planned || !isAimed(part) || late !== undefined) return
      const armed = armCell(planned.cell, session, servers)
      if (armed) part.armed = armed
      part.servers = servers
    },
    end(session, passed) {
      const part = parts.find((one) => one.session === session)
      if (part) part.ended ??= { passed, at: realNow() }
    },
    async settle(environment, session) {
      const isWhole = session === undefined && parts.every(({ test }) => test === whole)
      const part = isWhole ? parts[0] : parts.find((one) => one.session === session)
      if (!settle || !part || (!isWhole && part.test === whole)) return
      lift(part)
      // What is told apart by its time must not share a millisecond.
      await pause(2)
      part.settledAt = realNow()
      others.tell({ id, test: part.test, ...(isWhole && { whole: true }) })
      const code = await settle({ ...(await environment()), ...others.variables })
      if (code !== 0) part.unsettled = `the settling job failed: ${endOf(code)}`
    },
    letGo,
    awaited() {
      const what = planned
        ? `\`${planned.cell.operation}\` × ${planned.cell.fault} (${Math.round(planned.deadlineMs / 1000)} s at most)`
        : `clean run ${id.slice('clean-'.length)} of ${clean}`
      const unanswered = parts.filter(({ ended }) => !ended).flatMap(unansweredIn)
      const isStruck = parts.some(({ armed }) => (armed?.struck ?? 0) > 0)
      const fault = planned ? [isStruck ? 'the fault has struck' : 'the fault has not struck yet'] : []
      return { what, why: [...fault, ...unanswered].join(', ') }
    },
    records({ code, bytes, grown }) {
      const tests = parts.filter(({ test }) => test !== whole)
      const own = parts.filter(({ test }) => test === whole)
      // Between tests, the same session is opened again and again.
      const shown = tests.length > 0 ? tests : own.slice(0, 1)
      return shown.map(({ test, asks, started, armed, session, ended, settledAt, unsettled }): RunRecord => {
        const passed = tests.length > 0 ? (ended?.passed ?? false) : code === 0
        const why = ended === undefined && grown !== undefined ? grown : endOf(code)
        const errors = [...(passed ? [] : [why]), ...(unsettled === undefined ? [] : [unsettled])]
        const missed = (session?.failures.length ?? 0) > 0
        return others.complete({
          t: 'ran',
          id,
          test,
          passed: passed && (planned !== undefined || !(missed || unsettled !== undefined)),
          ended: late !== undefined ? 'late' : isKilled(code) && ended === undefined ? 'died' : 'in time',
          errors: errors.map((message) => ({ name: 'Error', message, stack: '' })),
          uncaught: [],
          durationMs: (late?.at ?? settledAt ?? ended?.at ?? realNow()) - started,
          ...(late && { lifted: late }),
          ...(settledAt !== undefined && { settledAt }),
          struck: armed?.struck ?? 0,
          missed,
          ...(bytes > 0 && { bytes }),
          steps: [],
          asks,
          refusals: 0,
        })
      })
    },
  }
}

/** `no answer from \`gateway\` to \`GET /v1/rates\``, of what has been asked last. */
function unansweredIn({ test, run, session }: Part): readonly string[] {
  const asked = run.boundaries
    .flatMap(({ name }) => session?.taken(name) ?? [])
    .filter(({ ending }) => ending === 'open')
  const last = asked.toSorted((a, b) => a.askedAt - b.askedAt).at(-1)
  const whose = test.file === '' ? '' : `${test.name} has `
  return last ? [`${whose}no answer from \`${last.boundary}\` to \`${last.operation}\``] : []
}

/** What a shell makes of SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGKILL and SIGSEGV: no program exits with these by itself. */
const killed: ReadonlySet<number | null> = new Set([null, ...[4, 6, 7, 8, 9, 11].map((signal) => 128 + signal)])

function isKilled(code: number | null): boolean {
  return killed.has(code)
}

function endOf(code: number | null): string {
  return code === null ? 'a signal ended the command' : `the command exited with ${code}`
}
