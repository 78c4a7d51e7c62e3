import { MortarError } from '../core/errors.ts'
import { pause, realNow } from '../core/real-clock.ts'
import { greet, type Greeting, type Handshake } from './handshake/greet.ts'

/** Whom to wait for. */
export interface AwaitOptions {
  readonly title: string
  readonly host: string
  /** Called until it gives a port: that of a container is known late. */
  readonly port: () => Promise<number | undefined>
  readonly timeoutMs: number
  /** Gives the error when it has ended meanwhile. */
  readonly ended: () => MortarError | undefined
  /** What it has printed so far. */
  readonly printed: () => string
}

/** How often it is asked, at first and at most; milliseconds. */
const everyMs = 4
const everyAtMostMs = 50

/**
 * Waits until a server that was started goes through the handshake.
 *
 * @throws MortarError `MORTAR_SERVICE_TIMEOUT`; what `ended` gives
 */
export async function awaitGreeting(
  handshake: Handshake<Greeting>,
  { title, host, port, timeoutMs, ended, printed }: AwaitOptions,
): Promise<{ readonly greeting: Greeting; readonly port: number }> {
  const startedAt = realNow()
  let last = 'it does not listen yet'
  for (let attempt = 0; realNow() - startedAt < timeoutMs; attempt++) {
    const at = await port()
    if (at !== undefined) {
      try {
        const greeting = await greet(handshake, { host, port: at, timeoutMs: 2_000 })
        const failure = ended()
        if (failure) throw failure
        return { greeting, port: at }
      } catch (error) {
        if (MortarError.is(error)) throw error
        last = (error as Error).message
      }
    }
    const failure = ended()
    if (failure) throw failure
    await pause(Math.min(everyMs + attempt, everyAtMostMs))
  }
  const seconds = Math.round(timeoutMs / 1000)
  throw new MortarError('MORTAR_SERVICE_TIMEOUT', `${title} did not answer its protocol within ${seconds} s`, {
    seen: [last, ...printed().trimEnd().split('\n').slice(-8)].join('\n          '),
  })
}
