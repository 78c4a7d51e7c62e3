import { realClearTimeout, realNow, realSetTimeout } from '../core/real-clock.ts'
import { watchCallStacks } from '../run/call-stacks.ts'
import { setFallbackSession } from '../run/current-session.ts'
import { armCell } from '../run/matrix/arm-cell.ts'
import { errorTexts } from '../run/matrix/error-text.ts'
import { followRun, type RunningNow } from '../run/matrix/other-processes.ts'
import { namedAfter } from '../run/matrix/planned.ts'
import { watchAsks, watchSites } from '../run/matrix/watch-asks.ts'
import { openOutsideSession, type Session } from '../run/session.ts'
import type { InProcessRun } from './in-process-run.ts'

/** Cells of tests that run in another process, as far as they take place in this one. */
export interface AttachedCells {
  /** Says what is left to say, for a process that ends, and saves what it recorded unless it did not pass. */
  close(outcome?: { readonly passed: boolean }): void
}

interface Current {
  readonly of: RunningNow
  readonly session: Session
  readonly armed: ReturnType<typeof armCell>
  readonly watch: NodeJS.Timeout | undefined
}

/**
 * What is asked here belongs to the test that runs there from now on, and goes wrong as it does there.
 *
 * @param file - In which that process says what is under way.
 */
export function openAttachedCells({ run, outside, outsideName, servers }: InProcessRun, file: string): AttachedCells {
  const followed = followRun(file)
  // Before the program is loaded, whose connections may outlive every test.
  watchCallStacks()
  let current: Current | undefined

  function begin(of: RunningNow): Current {
    const { id, test, planned, until } = of
    const part = { id, test }
    const session = openOutsideSession(run, outsideName, {
      as: namedAfter(test, id),
      rehearsal: planned !== undefined,
      onAsk: watchAsks(run, {
        push: (ask) => followed.say({ ...part, asks: [ask], ...(ask.struck && { struck: 1 }) }),
      }),
      siteNow: watchSites(run),
    })
    const armed = planned && armCell(planned.cell, session, servers)
    const letGo = (): void => {
      armed?.disarm()
      session.disarm()
      if (planned) servers?.find(planned.cell.boundary)?.disarmAll()
    }
    const watch = until === undefined ? undefined : realSetTimeout(letGo, until - realNow()).unref()
    return { of, session, armed, watch }
  }

  function end({ passed }: { readonly passed: boolean } = { passed: true }): void {
    if (!current) return
    const { of, session, armed, watch } = current
    current = undefined
    realClearTimeout(watch)
    const { id, test, planned } = of
    // Struck questions to services that are asked were told one by one.
    const carried = planned && planned.cell.protocol !== 'http' ? (armed?.struck ?? 0) : 0
    if (carried > 0) followed.say({ id, test, struck: carried })
    if (session.failures.length > 0) followed.say({ id, test, missed: true })
    session.close({ passed: passed && planned === undefined })
  }

  setFallbackSession(() => {
    const { now } = followed
    if (now !== current?.of) {
      end()
      current = now && begin(now)
    }
    return current?.session ?? outside
  })

  const onUncaught = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void => {
    const { now } = followed
    if (!now) return
    const { id, test, whole } = now
    const [first, ...causes] = errorTexts(error)
    followed.say({
      id,
      test,
      ...(whole
        ? { errors: [first!, ...causes] }
        : { uncaught: [{ ...first!, ...(origin === 'unhandledRejection' && { rejected: true }) }] }),
    })
  }
  // Hears of it, and changes nothing.
  process.on('uncaughtExceptionMonitor', onUncaught)
  return {
    close(outcome) {
      process.off('uncaughtExceptionMonitor', onUncaught)
      end(outcome)
    },
  }
}
