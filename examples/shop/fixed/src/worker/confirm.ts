import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Database, retrying } from '../database.ts'
import type { OrderCreated } from '../events/order-created.ts'
import type { Mailer } from '../mail/mailer.ts'

const lookEveryMs = 100
const mostLooks = 50

/** Sends every customer one confirmation. Whoever is to send it claims it first, so that two cannot. */
export function createConfirmer(database: Database, mailer: Mailer): (event: OrderCreated) => Promise<void> {
  return async function confirm(event) {
    const { orderId } = event
    const me = randomUUID()
    for (let looks = 0; !(await claim(event, me)); looks++) {
      if (await isSent(orderId)) return
      if (looks === mostLooks) throw new Error(`another one is to confirm order ${orderId}, and has not yet`)
      await delay(lookEveryMs)
    }
    try {
      await mailer.confirm(event)
    } catch (error) {
      await ask('UPDATE confirmations SET claimed_until = now() WHERE order_id = $1 AND claimed_by = $2', [orderId, me])
      throw error
    }
    await ask('UPDATE confirmations SET sent_at = now() WHERE order_id = $1', [orderId])
  }

  /** A claim holds for a minute: who has not sent it by then, and has not said so, is gone. */
  async function claim({ orderId, customer }: OrderCreated, me: string): Promise<boolean> {
    const { rows } = await ask(
      `INSERT INTO confirmations (order_id, email, claimed_by, claimed_until)
       VALUES ($1, $2, $3, now() + interval '1 minute')
       ON CONFLICT (order_id) DO UPDATE SET claimed_by = EXCLUDED.claimed_by, claimed_until = EXCLUDED.claimed_until
       WHERE confirmations.sent_at IS NULL
         AND (confirmations.claimed_by = EXCLUDED.claimed_by OR confirmations.claimed_until < now())
       RETURNING order_id`,
      [orderId, customer.email, me],
    )
    return rows.length > 0
  }

  async function isSent(orderId: number): Promise<boolean> {
    const { rows } = await ask('SELECT 1 FROM confirmations WHERE order_id = $1 AND sent_at IS NOT NULL', [orderId])
    return rows.length > 0
  }

  function ask(text: string, values: readonly unknown[]): Promise<{ rows: unknown[] }> {
    return retrying(() => database.query(text, [...values]), { isRepeatable: true })
  }
}
