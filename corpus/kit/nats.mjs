import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

/** A connection, and a stream with one consumer that is told what becomes of each message. */
export async function openStream(stream, subject, consumer) {
  const connection = await connect({ servers: process.env.NATS_URL, reconnectTimeWait: 50, timeout: 2000 })
  const manager = await jetstreamManager(connection)
  await manager.streams.add({ name: stream, subjects: [subject] })
  await manager.consumers.add(stream, { durable_name: consumer, ack_policy: 'explicit', max_deliver: 5 })
  return { streams: jetstream(connection), close: () => connection.close().catch(() => {}) }
}
