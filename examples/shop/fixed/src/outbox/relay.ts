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

interface Claimed {
  readonly id: string
  readonly task: Task
}

const pollMs = 5_000
const retryMs = 500

/** After so long somebody else takes what a process has not ended. */
const leaseSeconds = 60

/** What was claimed before and not ended is taken up again: the answer to the claim may have been lost. */
const claimOne = `
  UPDATE outbox SET claimed_by = $1, due_at = now() + make_interval(secs => $2)
  WHERE id = (
    SELECT id FROM outbox WHERE due_at <= now() OR claimed_by = $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  RETURNING id, task`

/** Waits as long again as it has waited already. */
const postpone = `
  UPDATE outbox SET claimed_by = NULL, due_at = now() + (now() - created_at) + interval '0.4 seconds'
  WHERE id = $1`

/** @param perform - Done twice under one id, a task has to be as if done once. */
export function openRelay(database: Database, perform: (id: string, task: Task) => Promise<void>): Relay {
  const me = randomUUID()
  let running: Promise<void> | undefined
  let wanted = 0
  let isClosed = false
  let next: NodeJS.Timeout | undefined

  async function run(): Promise<void> {
    wanted++
    running ??= runAll().finally(() => (running = undefined))
    await running
  }

  async function runAll(): Promise<void> {
    clearTimeout(next)
    let waitMs = pollMs
    try {
      for (let seen = -1; seen !== wanted;) {
        seen = wanted
        for (let task = await claim(); task; task = await claim()) if (!(await attempt(task))) waitMs = retryMs
      }
    } catch (error) {
      log.error('the outbox could not be read', error)
      waitMs = retryMs
    }
    if (!isClosed) next = setTimeout(() => void run(), waitMs).unref()
  }

  async function claim(): Promise<Claimed | undefined> {
    if (isClosed) return undefined
    const asked = (): Promise<{ rows: Claimed[] }> => database.query<Claimed>(claimOne, [me, leaseSeconds])
    return (await retrying(asked, { isRepeatable: true })).rows[0]
  }

  async function attempt({ id, task }: Claimed): Promise<boolean> {
    try {
      await perform(id, task)
    } catch (error) {
      log.error('a task could not be done, trying again later', error, { id })
      await retrying(() => database.query(postpone, [id]), { isRepeatable: true })
      return false
    }
    await retrying(() => dropTask(database, id), { isRepeatable: true })
    return true
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
