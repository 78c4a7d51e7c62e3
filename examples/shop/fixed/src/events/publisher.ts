import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { log } from '../log.ts'
import type { OrderCreated } from './order-created.ts'
import { declareTopology, exchange } from './topology.ts'

/** Tells the rest of the company. */
export interface Events {
  /** Resolves when the broker has it. Consumers know it again by `id`. */
  orderCreated(id: string, event: OrderCreated): Promise<void>
  close(): Promise<void>
}

interface Opened {
  readonly connection: ChannelModel
  readonly channel: ConfirmChannel
}

const confirmMs = 2_000

/** Connects again whenever it has to; that the broker is away is no reason not to open the shop. */
export async function openEvents(url: string): Promise<Events> {
  let opened: Promise<Opened> | undefined

  function ready(): Promise<Opened> {
    if (opened) return opened
    const opening = open().then((now) => {
      now.connection.once('close', forget)
      now.channel.once('close', forget)
      return now
    })
    opening.catch(forget)
    opened = opening
    return opening

    function forget(): void {
      if (opened === opening) opened = undefined
    }
  }

  async function open(): Promise<Opened> {
    const connection = await connect(url, { timeout: 5_000 })
    connection.on('error', (error) => log.error('the broker is gone', error))
    const channel = await connection.createConfirmChannel()
    channel.on('error', (error) => log.error('the channel is gone', error))
    await declareTopology(channel)
    return { connection, channel }
  }

  await ready().catch((error: unknown) => log.error('the broker is not there yet', error))
  return {
    async orderCreated(id, event) {
      const { connection, channel } = await ready()
      try {
        await confirmed(channel, id, event)
      } catch (error) {
        // Whatever it may still say, nobody waits for it: the next one takes a new connection.
        opened = undefined
        void connection.close().catch(() => {})
        throw error
      }
    },
    async close() {
      const open = await opened?.catch(() => undefined)
      await open?.connection.close()
    },
  }
}

function confirmed(channel: ConfirmChannel, messageId: string, event: OrderCreated): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: unknown): void => {
      clearTimeout(late)
      channel.off('close', onClose)
      if (error) reject(error)
      else resolve()
    }
    const onClose = (): void => end(new Error('the channel was closed before the broker confirmed'))
    const late = setTimeout(() => end(new Error(`the broker has not confirmed within ${confirmMs} ms`)), confirmMs)
    channel.once('close', onClose)
    const options = { persistent: true, contentType: 'application/json', messageId }
    channel.publish(exchange, 'orders.created', Buffer.from(JSON.stringify(event)), options, (error) => end(error))
  })
}
