import { MortarError } from '../../core/errors.ts'
import type { Recorder } from '../../core/recorder.ts'
import type { Greeting } from '../../protocols/postgres/greet.ts'
import type { PostgresQuestion, PostgresReply } from '../../protocols/postgres/message.ts'
import { PostgresFailed } from '../../protocols/postgres/own-session.ts'
import { PostgresSession } from '../../protocols/postgres/session.ts'
import { refusal } from './refusal.ts'

/** Tells a client that cannot be let in why, and takes its login down with what the server said. */
export function turnAway(
  { client, parameters }: Greeting & { kind: 'startup' },
  error: unknown,
  recorder?: Recorder<PostgresQuestion, PostgresReply>,
): void {
  const said = refusal(error)
  const cause = MortarError.is(error) ? (error.cause ?? error) : error
  // Its session was to be opened first, so nothing has followed this one yet.
  const session = new PostgresSession({ parameters, ...(recorder && { recorder }) })
  if (cause instanceof PostgresFailed) {
    session.server(said)
    session.end()
  } else session.end('unreachable', (cause as Error).message)
  client.end(said)
}
