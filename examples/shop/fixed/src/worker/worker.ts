import { connect } from 'amqplib'
import type { Config } from '../config.ts'
import { openDatabase } from '../database.ts'
import { declareTopology, queues } from '../events/topology.ts'
import { log } from '../log.ts'
import { openMailer } from '../mail/mailer.ts'
import { createConfirmer } from './confirm.ts'
import { consume } from './consume.ts'
import { createShipper } from './ship.ts'

export interface Worker {
  /** Resolves when there is nothing to consume any more, wanted or not. */
  readonly ended: Promise<void>
  /** Finishes what it has begun, and stops. */
  close(): Promise<void>
}

/** Does what follows an order, until it is closed. */
export async function startWorker({ databaseUrl, amqpUrl, smtpUrl }: Config): Promise<Worker> {
  const connection = await connect(amqpUrl)
  connection.on('error', (error) => log.error('the broker is gone', error))
  // An error is told of above, and the end comes after it.
  const ended = new Promise<void>((resolve) => connection.once('close', () => resolve()))
  const channel = await connection.createChannel()
  channel.on('error', (error) => log.error('the channel is gone', error))
  await declareTopology(channel)
  await channel.prefetch(10)
  const database = openDatabase(databaseUrl)
  const mailer = openMailer(smtpUrl)
  const stops = [
    await consume(channel, queues.shipping, createShipper(database)),
    await consume(channel, queues.confirmations, createConfirmer(database, mailer)),
  ]
  return {
    ended,
    async close() {
      // Where the broker is gone, there is nothing left to stop.
      await Promise.allSettled(stops.map((stop) => stop()))
      await connection.close().catch(() => {})
      mailer.close()
      await database.end()
    },
  }
}
