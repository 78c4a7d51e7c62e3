import type { BoundaryInput, ServiceBoundaryOptions } from '../core/boundary.ts'
import type { Faults } from '../core/fault.ts'
import type { Question } from '../core/protocol.ts'
import type { Recorder } from '../core/recorder.ts'
import type { ClientDoor } from '../engine/client-door.ts'

/** What a boundary of a server that we own gives to whoever keeps its tests apart. */
export interface IsolateOptions<
  Input extends ServiceBoundaryOptions = ServiceBoundaryOptions,
  Q extends Question<R> = never,
  R = never,
> {
  /** Address of the server, with account: `postgres://app:secret@127.0.0.1:5432/app`. */
  readonly url: string
  /** The boundary as the config has it; checked. */
  readonly input: Input & BoundaryInput
  /** Name of the boundary. */
  readonly boundary: string
  /** Name of the worker, such as `main` or `3`; no two of one project have the same at a time. */
  readonly worker: string
  /** The project's folder: relative paths of options start here. */
  readonly directory: string
  /** The environment of the program under test. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Port to listen at; default: a free one. */
  readonly port?: number
  readonly recorder: Recorder<Q, R>
  readonly faults: Faults
  /** How clients are met that do not simply speak the protocol. */
  readonly clients?: ClientDoor
  /** Starts another server like this one, for this worker alone. Left out: the address was given, so none may be started. */
  readonly startOwn?: () => Promise<OwnServer>
}

/** A server that only one worker uses. */
export interface OwnServer {
  readonly url: string
  close(): Promise<void>
}

/** Something a test did not finish with, in one line for people: `a connection in a transaction: UPDATE stock …`. */
export interface LeftOver {
  readonly summary: string
}

/** One stable address for one worker, behind which each test finds what no other test has touched. */
export interface Isolated {
  /** What the program under test is given in place of the server's address. */
  readonly url: string
  /** Set where tests are not kept apart: what one writes is there for the next. */
  readonly shared?: boolean
  /**
   * Ends the test that ran and makes everything ready for the next one. Connections of clients stay.
   *
   * @param ended - Name of the test that ran.
   * @returns What the test had not finished with; it has been ended.
   */
  next(ended: string): Promise<readonly LeftOver[]>
  /** Whether `next` takes away something of what was written; left out: it does. */
  forgets?(): boolean
  /** Whether it may send a client what that has not just asked for; left out: it may. */
  mayPush?(): boolean
  /** Opens a connection of ours to what the current test sees, for looking at it: the server's own address. */
  readonly direct: string
  close(): Promise<void>
}

/** Opens the address of one worker at one server. */
export type Isolate<Input extends ServiceBoundaryOptions, Q extends Question<R>, R> = (
  options: IsolateOptions<Input, Q, R>,
) => Promise<Isolated>
