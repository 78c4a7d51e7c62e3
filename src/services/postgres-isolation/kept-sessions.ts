import type { Socket } from 'node:net'
import { BodyReader } from '../../protocols/postgres/decode.ts'
import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import { inTime } from './in-time.ts'

/** What a session was opened with. */
type Parameters = ReadonlyMap<string, string>

const atMost = 4
const patienceMs = 1_000

/** Sessions on the server whose clients have said goodbye, as new ones. A login costs the server 7 ms of a processor. */
export class KeptSessions {
  readonly #kept: { readonly name: string; readonly session: OwnSession }[] = []
  /** Changes when what was kept is to be kept no longer. */
  #era = 0

  /** The processes of the server that they have. */
  get processes(): readonly number[] {
    return this.#kept.map(({ session }) => session.process)
  }

  get full(): boolean {
    return this.#kept.length >= atMost
  }

  /** A session that is as one that is opened now with these parameters; nobody else has it any more. */
  async take(parameters: Parameters): Promise<OwnSession | undefined> {
    const wanted = nameOf(parameters)
    for (;;) {
      const found = this.#kept.find(({ name }) => name === wanted)
      if (!found) return undefined
      this.#kept.splice(this.#kept.indexOf(found), 1)
      const { session } = found
      socketOf(session).ref?.()
      // The server may have ended it, and nobody has heard of that yet.
      if (await inTime(session.query('').then(yes, no), patienceMs, false)) return session
      session.connection.destroy()
    }
  }

  /** Takes a session that has just been left at rest. */
  async give(parameters: Parameters, session: OwnSession): Promise<void> {
    const era = this.#era
    const { hello } = session
    session.attach()
    socketOf(session).unref?.()
    const cleared = await inTime(session.query('DISCARD ALL').then(yes, no), patienceMs, false)
    const same = sameStatuses(hello, session.hello)
    session.hello = hello
    if (cleared && same && era === this.#era && !this.full) this.#kept.push({ name: nameOf(parameters), session })
    else session.close()
  }

  /** Closes what is kept, and what is about to be. */
  clear(): void {
    this.#era++
    for (const { session } of this.#kept.splice(0)) session.close()
  }
}

function nameOf(parameters: Parameters): string {
  return JSON.stringify([...parameters].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Whether the server has told only what it had told before. */
function sameStatuses(before: Buffer, after: Buffer): boolean {
  const [was, is] = [statusesOf(before), statusesOf(after)]
  return [...is].every(([name, value]) => was.get(name) === value)
}

function statusesOf(messages: Buffer): Map<string, string> {
  const statuses = new Map<string, string>()
  for (let at = 0; at + 5 <= messages.length; at += messages.readUInt32BE(at + 1) + 1) {
    const reader = new BodyReader(messages, at + 5)
    const name = reader.text()
    statuses.set(name, reader.text())
  }
  return statuses
}

function socketOf({ connection }: OwnSession): Partial<Pick<Socket, 'ref' | 'unref'>> {
  return connection as Socket
}

function yes(): boolean {
  return true
}

function no(): boolean {
  return false
}
