import type { Config } from './config.ts'
import { type Database, openDatabase } from './database.ts'
import { type Events, openEvents } from './events/publisher.ts'
import { openPayments, type Payments } from './payments/payments.ts'

/** What an order needs: the services behind it, opened once per process. */
export interface Shop {
  readonly database: Database
  readonly payments: Payments
  readonly events: Events
  close(): Promise<void>
}

export async function openShop({ databaseUrl, amqpUrl, stripe }: Config): Promise<Shop> {
  const events = await openEvents(amqpUrl)
  const database = openDatabase(databaseUrl)
  return {
    database,
    payments: openPayments(stripe),
    events,
    async close() {
      await Promise.allSettled([events.close(), database.end()])
    },
  }
}
