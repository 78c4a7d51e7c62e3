import type { Config } from './config.ts'
import { type Database, openDatabase } from './database.ts'
import { type Events, openEvents } from './events/publisher.ts'
import { undoOrder } from './orders/undo-order.ts'
import type { Task } from './outbox/outbox.ts'
import { openRelay, type Relay } from './outbox/relay.ts'
import { openPayments, type Payments } from './payments/payments.ts'

/** What an order needs: the services behind it, opened once per process. */
export interface Shop {
  readonly database: Database
  readonly payments: Payments
  /** Does what orders have left in the outbox. */
  readonly relay: Relay
  close(): Promise<void>
}

export async function openShop({ databaseUrl, amqpUrl, stripe }: Config): Promise<Shop> {
  const events = await openEvents(amqpUrl)
  const database = openDatabase(databaseUrl)
  const payments = openPayments(stripe)
  const relay = openRelay(database, (id, task) => perform(id, task, { database, payments, events }))
  return {
    database,
    payments,
    relay,
    async close() {
      await relay.close()
      await Promise.allSettled([events.close(), database.end()])
    },
  }
}

/** Does a task; done twice under one id, it is as if done once. */
async function perform(
  id: string,
  task: Task,
  { database, payments, events }: { database: Database; payments: Payments; events: Events },
): Promise<void> {
  switch (task.kind) {
    case 'announce':
      return events.orderCreated(id, task.event)
    case 'refund':
      return payments.refund(task.intentId, task.amountCents, id)
    case 'undo':
      return undoOrder({ database, payments }, task.orderId)
  }
}
