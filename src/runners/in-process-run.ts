import { MortarError } from '../core/errors.ts'
import { useDirectAgents } from '../engine/direct-agents.ts'
import { bypass } from '../engine/originals.ts'
import { fallbackSession, setFallbackSession } from '../run/current-session.ts'
import { attachInProcess } from '../run/in-process-door.ts'
import { restoreEnvironment } from '../run/child-environment.ts'
import { type FormerAddresses, holdFormerAddresses } from '../run/former-addresses.ts'
import { openRun } from '../run/open-run.ts'
import type { RunContext } from '../run/run-context.ts'
import { openOutsideSession, type Session } from '../run/session.ts'
import type { WorkerServers } from '../run/worker-servers.ts'
import { type InProcessServers, openInProcessServers } from './in-process-servers.ts'

/** A run whose boundaries are attached to this process. */
export interface InProcessRun {
  readonly run: RunContext
  /** The session for what happens outside of tests. */
  readonly outside: Session
  /** Name of its cassette. */
  readonly outsideName: string
  /** Path of its cassette. */
  readonly outsideCassette: string
  /** Sessions of the tests that run now. */
  readonly running: Set<Session>
  /** The servers that we own, where the config has any. */
  readonly servers: WorkerServers | undefined
  /** Goes on to look at the session of a test that is over: what it left behind may still ask. */
  watch(session: Session): void
  /** What was asked in vain outside of tests, or by tests that were over by then. */
  leftover(): readonly MortarError[]
  /** Detaches, saves what happened outside of tests unless they did not pass, and closes the journal. */
  close(outcome?: { readonly passed: boolean }): Promise<void>
  /** The same at once, for a process that ends; its servers see that it is gone. */
  closeNow(outcome?: { readonly passed: boolean }): void
}

interface Holder {
  open: InProcessRun | undefined
  /** Whose exchanges come in now. */
  asking?: () => Session
  /** Servers that wait for the next run of this process. */
  kept?: KeptServers | undefined
}

interface KeptServers extends InProcessServers {
  readonly directory: string
}

const key = Symbol.for('mortar.in-process-run')
const shared = globalThis as { [key]?: Holder }
const holder: Holder = (shared[key] ??= { open: undefined })

/** What to attach for. */
export interface AttachOptions {
  /** Where to look for the config. */
  readonly directory: string
  readonly command: string
  /** Name of the cassette of what happens outside of tests. */
  readonly outside: string
  /**
   * Leaves the servers, with whoever is connected to them, to the next run of this process. What is handed over closes
   * them; called once for as long as they are there.
   */
  readonly keepServers?: ((close: () => Promise<void>) => void) | undefined
  /** A test runs in another process, whose addresses for servers this one has been given. */
  readonly ofTest?: boolean
  /** The program is loaded while this attaches, and may ask servers where its variables led until then. */
  readonly besideProgram?: boolean
}

/** The run that is attached to this process. */
export function attachedRun(): InProcessRun {
  if (!holder.open) throw new MortarError('MORTAR_USAGE', 'no boundaries are attached to this process')
  return holder.open
}

/** Attaches the project's boundaries to this process; an earlier attachment is closed first. */
export async function attachRun(options: AttachOptions): Promise<InProcessRun> {
  // Before anything is waited for: modules that are imported beside ours are evaluated meanwhile, and read their addresses.
  const isFirst = restoreEnvironment(process.env)
  const former = options.besideProgram ? holdFormerAddresses(process.env) : undefined
  try {
    return await attach(options, isFirst, former)
  } catch (error) {
    former?.handOver()
    former?.settle(undefined)
    throw error
  }
}

async function attach(
  { directory, command, outside, keepServers, ofTest }: AttachOptions,
  isFirst: boolean,
  former: FormerAddresses | undefined,
): Promise<InProcessRun> {
  await holder.open?.close()
  // Node's agents have read the proxy variables when the process started, before anything here could take them away.
  if (isFirst) useDirectAgents()
  const run = await openRun({ directory, command, env: process.env })
  const session = openOutsideSession(run, outside)
  setFallbackSession(session)
  const running = new Set<Session>()
  // A connection is shared by tests, so it is the test that runs which asks, if there is but one.
  holder.asking = () => (running.size === 1 ? [...running][0]! : (fallbackSession() ?? session))
  let own: InProcessServers | undefined
  former?.handOver()
  const detach = attachInProcess(run, () => own?.servers, former)
  try {
    // An exchange must not cross two doors.
    const take = (): ReturnType<typeof takeServers> => takeServers(directory, run, keepServers)
    // What makes a server's state asks at the addresses that are held until it is there.
    own = ofTest && !isFirst ? undefined : await (former ? bypass(take) : take())
    former?.settle(own?.servers)
  } catch (error) {
    detach()
    run.close()
    throw error
  }
  const over: { session: Session; failures: number }[] = [{ session, failures: 0 }]
  const opened: InProcessRun = {
    run,
    outside: session,
    outsideName: outside,
    outsideCassette: run.cassettes.path({ file: '', name: outside }),
    running,
    servers: own?.servers,
    watch: (ended) => void over.push({ session: ended, failures: ended.failures.length }),
    leftover: () => over.flatMap(({ session: ended, failures }) => ended.failures.slice(failures)),
    async close(outcome) {
      if (holder.open !== opened) return
      // What the servers' connections still say belongs into the journal.
      if (keepServers === undefined) await own?.close()
      opened.closeNow(outcome)
    },
    closeNow(outcome = { passed: true }) {
      if (holder.open !== opened) return
      holder.open = undefined
      detach()
      session.close(outcome)
      setFallbackSession(undefined)
      run.close()
    },
  }
  holder.open = opened
  return opened
}

/** Those that an earlier run of this process has left, or new ones. */
async function takeServers(
  directory: string,
  run: RunContext,
  keep: AttachOptions['keepServers'],
): Promise<InProcessServers | undefined> {
  const { kept } = holder
  if (kept?.directory === directory) {
    kept.servers.join(run)
    return kept
  }
  await kept?.close()
  const opened = await openInProcessServers(run, () => holder.asking!())
  if (!opened || !keep) return opened
  const { servers } = opened
  const close = (): Promise<void> => {
    if (holder.kept?.servers === servers) holder.kept = undefined
    return opened.close()
  }
  holder.kept = { directory, servers, close }
  keep(close)
  return holder.kept
}
