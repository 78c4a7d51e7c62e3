import type { Queryable } from '../database.ts'
import type { OrderCreated } from '../events/order-created.ts'

/** What has to be done once a transaction is committed, and must not be forgotten. */
export type Task =
  | { readonly kind: 'announce'; readonly event: OrderCreated }
  | { readonly kind: 'refund'; readonly intentId: string; readonly amountCents: number }
  /** Takes back an order that nobody has completed. */
  | { readonly kind: 'undo'; readonly orderId: number }

/** Leaves a task in the transaction that makes it necessary. */
export async function putTask(tx: Queryable, id: string, task: Task, { afterSeconds = 0 } = {}): Promise<void> {
  await tx.query(
    'INSERT INTO outbox (id, task, due_at) VALUES ($1, $2, now() + make_interval(secs => $3)) ON CONFLICT DO NOTHING',
    [id, JSON.stringify(task), afterSeconds],
  )
}

/** Takes back a task that is not needed any more, or is done. */
export async function dropTask(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM outbox WHERE id = $1', [id])
}
