import { randomUUID } from 'node:crypto'
import { type Database, retrying } from '../database.ts'
import { log } from '../log.ts'
import { dropTask, type Task } from './outbox.ts'

/** Does what is in the outbox, each task at least once, in any number of processes. */
export interface Relay {
  /** Does now what is due. Resolves when all of it was tried; what has failed is tried again later. */
  run(): Promise<void>
  /** Ends what it has begun, and takes nothing more. */
  close(): Promise<void>
}

const pollMs = 5_000

/** After so long somebody else takes what a process has not ended. */
const leaseSeconds = 60

export function openRelay(database: Database, perform: (id: string, task: Task) => Promise<void>): Relay {
  const me = randomUUID()
  let running: Promise<void> | undefined
  let isWanted = false
  let isClosed = false
  let next = setTimeout(() => {}, 0)

  async function run(): Promise<void> {
    isWanted = true
    running ??= runAll().finally(() => (running = undefined))
    await running
  }

  async function runAll(): Promise<void> {
    clearTimeout(next)
    let waitMs = pollMs
    try {
      while (isWanted && !isClosed) {
        isWanted = false
        for (let task = await claim(); task; task = await claim()) {
          if (!(await perform(task.id, task.task).then(() => done(task.id), postpone(task.id)))) waitMs = 500
        }
      }
    } catch (error) {
      log.error('the outbox could not be read', error)
      waitMs = 500
    }
    if (!isClosed) next = setTimeout(() => void run(), waitMs).unref()
  }

  /** What was claimed before and not ended is taken up again: the answer to the claim may have been lost. */
  async function claim(): Promise<{ readonly id: string; readonly task: Task } | undefined> {
    const claimOne = `
      UPDATE outbox SET claimed_by = $1, due_at = now() + make_interval(secs => $2)
      WHERE id = (
        SELECT id FROM outbox WHERE due_at <= now() OR claimed_by = $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
      )
      RETURNING id, task`
    const { rows } = await retrying(() => database.query(claimOne, [me, leaseSeconds]), { isRepeatable: true })
    return rows[0]
  }

  async function done(id: string): Promise<true> {
    await retrying(() => dropTask(database, id), { isRepeatable: true })
    return true
  }

  /** Waits as long again as it has waited already. */
  function postpone(id: string): (error: unknown) => Promise<false> {
    return async (error) => {
      log.error('a task could not be done, trying again later', error, { id })
      const later = `UPDATE outbox SET claimed_by = NULL, due_at = now() + (now() - created_at) + interval '0.4 seconds' WHERE id = $1`
      await retrying(() => database.query(later, [id]), { isRepeatable: true })
      return false
    }
  }

  void run()
  return {
    run,
    async close() {
      isClosed = true
      clearTimeout(next)
      await running
    },
  }
}
