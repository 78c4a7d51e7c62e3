import amqplib from 'amqplib'

/** A connection that does not end the program when it is lost, and one channel on it. */
export async function openQueue({ confirms = true } = {}) {
  const connection = await amqplib.connect(process.env.AMQP_URL)
  connection.on('error', () => {})
  const channel = await (confirms ? connection.createConfirmChannel() : connection.createChannel())
  channel.on('error', () => {})
  return { channel, close: () => connection.close().catch(() => {}) }
}

/** Publishes, and resolves when the broker has said that it has the message. */
export function publish(channel, queue, body, { timeoutMs = 1000, ...options } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers()
  const gone = () => reject(new Error(`the channel was closed before ${queue} had the message`))
  const timer = setTimeout(() => reject(new Error(`no confirm for ${queue} after ${timeoutMs} ms`)), timeoutMs)
  channel.once('close', gone)
  try {
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(body)), { persistent: true, ...options }, (error) =>
      error ? reject(new Error(`the broker did not take the message for ${queue}`, { cause: error })) : resolve(),
    )
  } catch (error) {
    reject(error)
  }
  return promise.finally(() => {
    clearTimeout(timer)
    channel.off('close', gone)
  })
}
